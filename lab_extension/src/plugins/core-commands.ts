import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { type ICommandPalette, InputDialog } from '@jupyterlab/apputils';

import type { Pages } from '../dag/pages';
import { attempt } from '../notify';
import type { DagModel, DagTab, TaskTab } from '../models/dag';
import { flowIcon } from '../parts/icons';
import { refusal, type RightName } from '../rights';
import { CommandIDs, type IWorkflow } from '../tokens';
import { addAutomationCommands } from './automation-commands';

const CATEGORY = 'Workflow';

/** The commands of the side panel and of DAG pages; all are in the palette. */
export function addCoreCommands(
  app: JupyterFrontEnd,
  workflow: IWorkflow,
  pages: Pages,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null
): void {
  const { commands } = app;
  const add = (
    id: string,
    options: Parameters<typeof commands.addCommand>[1]
  ): void => {
    commands.addCommand(id, options);
    palette?.addItem({ command: id, category: CATEGORY });
  };
  add(CommandIDs.openPanel, {
    label: 'DAGs Panel',
    icon: flowIcon,
    execute: () => app.shell.activateById('couture-dags')
  });
  add(CommandIDs.openDag, {
    label: 'Open DAG…',
    icon: flowIcon,
    execute: async args => {
      const dagId =
        (args.dag_id as string | undefined) ?? (await askDag(workflow));
      return dagId ? pages.open(dagArgs(dagId, args)) : undefined;
    }
  });
  add(CommandIDs.refresh, {
    label: 'Refresh DAGs',
    execute: () => workflow.dags.refresh()
  });
  addPageCommands(add, pages);
  const current = (): string | null => pages.currentModel?.dagId ?? null;
  addAutomationCommands(app, workflow, add, current, restorer);
}

type Add = (
  id: string,
  options: Parameters<JupyterFrontEnd['commands']['addCommand']>[1]
) => void;

/** What is done to the page in front. */
function addPageCommands(add: Add, pages: Pages): void {
  const onPage = (
    label: string,
    action: (model: DagModel) => void,
    right?: RightName
  ) => ({
    label,
    isEnabled: () =>
      pages.currentModel !== null &&
      (!right || !refusal(pages.currentModel.detail?.rights ?? [], right)),
    execute: () => {
      if (pages.currentModel) {
        action(pages.currentModel);
      }
    }
  });
  const showTask = (tab: TaskTab) => (model: DagModel) =>
    model.showTaskTab(tab);
  add(
    CommandIDs.trigger,
    onPage('Trigger DAG', model => void pages.trigger(model.dagId), 'trigger')
  );
  add(
    CommandIDs.togglePause,
    onPage(
      'Switch DAG On or Off',
      model => {
        const paused = model.detail?.is_paused ?? true;
        void attempt(() => model.setPaused(!paused));
      },
      'pause'
    )
  );
  add(
    CommandIDs.previousRun,
    onPage('Previous Run', model => model.stepRun(1))
  );
  add(
    CommandIDs.nextRun,
    onPage('Next Run', model => model.stepRun(-1))
  );
  add(CommandIDs.showLog, onPage('Show Log of Task', showTask('log')));
  add(CommandIDs.showWhy, onPage('Show Why of Task', showTask('why')));
  add(
    CommandIDs.closeTask,
    onPage('Close Task', model => model.selectTask(null))
  );
}

async function askDag(workflow: IWorkflow): Promise<string | null> {
  const items = workflow.dags.rows.map(row => row.dag_id);
  const { value } = await InputDialog.getItem({
    title: 'Open DAG',
    items,
    editable: true
  });
  return value;
}

function dagArgs(
  dagId: string,
  args: Record<string, unknown>
): Parameters<Pages['open']>[0] {
  return {
    dag_id: dagId,
    run_id: args.run_id as string | null | undefined,
    task_id: args.task_id as string | null | undefined,
    tab: args.tab as DagTab | undefined
  };
}
