import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';

import { DagsPanel } from '../panel/dags-panel';
import { IWorkflow } from '../tokens';

export const corePlugin: JupyterFrontEndPlugin<void> = {
  id: 'couture-workflow:core',
  description: 'The side panel of DAGs, DAG pages and their commands.',
  autoStart: true,
  requires: [IWorkflow],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    workflow: IWorkflow,
    restorer: ILayoutRestorer | null
  ) => {
    const panel = new DagsPanel(workflow, {
      open: () => undefined,
      trigger: () => undefined,
      setPaused: (row, paused) =>
        void workflow.dags.setPaused(row.dag_id, paused),
      schedule: () => undefined,
      openFile: () => undefined
    });
    app.shell.add(panel, 'left', { rank: 150 });
    restorer?.add(panel, panel.id);
  }
};
