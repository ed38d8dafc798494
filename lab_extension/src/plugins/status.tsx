import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { StatusModel } from '../models/status';
import { useNow, useSignal } from '../parts/hooks';
import { StateMark } from '../parts/state-mark';
import { CommandIDs, IWorkflow } from '../tokens';
import { healthWords, loadWords } from '../words/status';
import { moment, until } from '../words/time';

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'couture-workflow:status',
  description:
    'What runs, and whether the scheduler is well, in the status bar.',
  autoStart: true,
  requires: [IWorkflow, IStatusBar],
  activate: (app: JupyterFrontEnd, workflow: IWorkflow, bar: IStatusBar) => {
    const open = (): void => void app.commands.execute(CommandIDs.openPanel);
    const { status } = workflow;
    bar.registerStatusItem('couture-workflow:load', {
      item: new StatusItem(status, Load, open),
      align: 'left',
      rank: 10
    });
    bar.registerStatusItem('couture-workflow:health', {
      item: new StatusItem(status, Health, open),
      align: 'right',
      rank: 20
    });
  }
};

interface IItemProps {
  status: StatusModel;
  open: () => void;
}

class StatusItem extends ReactWidget {
  constructor(
    private readonly status: StatusModel,
    private readonly view: (props: IItemProps) => JSX.Element | null,
    private readonly open: () => void
  ) {
    super();
    this.addClass('couture-Status');
  }

  protected override render(): JSX.Element {
    const View = this.view;
    return <View status={this.status} open={this.open} />;
  }
}

function Load({ status, open }: IItemProps): JSX.Element | null {
  useSignal(status.changed);
  const text = loadWords(status.status);
  return text && !status.isAway ? (
    <button type="button" title="Open the DAGs panel" onClick={open}>
      <StateMark state="running" size={13} /> {text}
    </button>
  ) : null;
}

function Health({ status, open }: IItemProps): JSX.Element {
  useSignal(status.changed);
  const { state, text, title } = healthWords(status.status, status.isAway);
  const next = status.status?.next_run;
  const now = useNow(Boolean(next));
  return (
    <>
      <button type="button" title={title} onClick={open}>
        <StateMark state={state} size={13} /> {text}
      </button>
      {next && state === 'success' && (
        <span title={moment(next.run_after, now)}>
          Next run {next.dag_id} {until(next.run_after, now)}
        </span>
      )}
    </>
  );
}
