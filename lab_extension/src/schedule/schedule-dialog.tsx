import * as React from 'react';

import type { INotebookSource, IScheduled } from '../api/types';
import { FormWidget } from '../parts/form-widget';
import { SubmitDialog } from '../parts/submit-dialog';
import type { IWorkflow } from '../tokens';
import { fileName } from './form';
import { ScheduleModel } from './model';
import { ScheduleView } from './schedule-view';

/** Ask when and how to run a notebook, and schedule it; null if the user thought better of it. */
export async function scheduleNotebook(
  workflow: IWorkflow,
  source: INotebookSource
): Promise<IScheduled | null> {
  const { client, status } = workflow;
  const [notebook, { timezones, local }] = await Promise.all([
    client.notebookParameters(source),
    client.timezones()
  ]);
  const model = new ScheduleModel(client, source, notebook, timezones, local);
  const isNew = notebook.schedule === null;
  let scheduled: IScheduled | null = null;
  const dialog = new SubmitDialog({
    title: `${isNew ? 'Schedule' : 'Change the schedule of'} ${fileName(source.path)}`,
    body: new ScheduleBody(model, status.status?.keeps_running ?? false),
    accept: isNew ? 'Schedule' : 'Save schedule',
    submit: async () => {
      scheduled = await model.schedule();
      return scheduled !== null;
    }
  });
  dialog.addClass('couture-ScheduleDialog');
  await dialog.launch();
  model.dispose();
  return scheduled;
}

class ScheduleBody extends FormWidget {
  constructor(
    private readonly model: ScheduleModel,
    private readonly keepsRunning: boolean
  ) {
    super();
  }

  protected override render(): JSX.Element {
    return <ScheduleView model={this.model} keepsRunning={this.keepsRunning} />;
  }
}
