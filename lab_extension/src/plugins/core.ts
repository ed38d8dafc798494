import {
  ILayoutRestorer,
  IRouter,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { INotebookRendering } from '../dag/page-context';
import { rowMenu } from '../dag/page-menu';
import { Pages } from '../dag/pages';
import { dagFilePath, openFile } from '../files';
import { attempt } from '../notify';
import { DagsPanel } from '../panel/dags-panel';
import { openMenu } from '../parts/menu';
import { CommandIDs, IWorkflow } from '../tokens';
import { addCoreCommands } from './core-commands';
import { addRoute } from './route';

export const corePlugin: JupyterFrontEndPlugin<void> = {
  id: 'couture-workflow:core',
  description: 'The side panel of DAGs, DAG pages and their commands.',
  autoStart: true,
  requires: [IWorkflow],
  optional: [
    ILayoutRestorer,
    IRouter,
    ICommandPalette,
    IRenderMimeRegistry,
    IEditorServices,
    NotebookPanel.IContentFactory
  ],
  activate: (
    app: JupyterFrontEnd,
    workflow: IWorkflow,
    restorer: ILayoutRestorer | null,
    router: IRouter | null,
    palette: ICommandPalette | null,
    rendermime: IRenderMimeRegistry | null,
    editors: IEditorServices | null,
    contentFactory: NotebookPanel.IContentFactory | null
  ) => {
    const rendering: INotebookRendering | null =
      rendermime && editors && contentFactory
        ? {
            rendermime,
            contentFactory,
            mimeTypeService: editors.mimeTypeService
          }
        : null;
    const pages = new Pages(app, workflow, rendering);
    addCoreCommands(app, workflow, pages, palette, restorer);
    const panel = createPanel(app, workflow, pages);
    app.shell.add(panel, 'left', { rank: 150 });
    if (router) {
      addRoute(app, router);
    }
    restorer?.add(panel, panel.id);
    void restorer?.restore(pages.tracker, {
      command: CommandIDs.openDag,
      args: page => ({ ...page.model.args }),
      name: page => page.model.dagId
    });
  }
};

function createPanel(
  app: JupyterFrontEnd,
  workflow: IWorkflow,
  pages: Pages
): DagsPanel {
  const panel = new DagsPanel(workflow, {
    open: row => void pages.open({ dag_id: row.dag_id }),
    trigger: row => void pages.trigger(row.dag_id),
    openMenu: (row, anchor) =>
      openMenu(
        anchor,
        rowMenu(
          row,
          command => void app.commands.execute(command, { dag_id: row.dag_id })
        )
      ),
    setPaused: (row, paused) =>
      void attempt(() => workflow.dags.setPaused(row.dag_id, paused)),
    schedule: () => void app.commands.execute(CommandIDs.schedule),
    openFile: (path, line) =>
      void attempt(() => openFile(app.commands, dagFilePath(path), line))
  });
  pages.tracker.currentChanged.connect((_, page) => {
    panel.current = page?.model.dagId ?? null;
  });
  return panel;
}
