import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';

import type { INotebookSchedule, INotebookSource } from '../api/types';
import { maySchedule } from '../menu/entries';
import { attempt } from '../notify';
import { flowIcon } from '../parts/icons';
import { folderOf, parseNotebook } from '../schedule/source';
import { CommandIDs, IWorkflow } from '../tokens';

export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'couture-workflow:notebook',
  description: 'Schedules notebooks: toolbar, file browser, palette and menu.',
  autoStart: true,
  requires: [IWorkflow, INotebookTracker, IDocumentManager],
  optional: [IFileBrowserFactory, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workflow: IWorkflow,
    notebooks: INotebookTracker,
    documents: IDocumentManager,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null
  ) => {
    const { commands } = app;
    commands.addCommand(CommandIDs.schedule, {
      label: args => (args.isToolbar ? 'Schedule' : 'Schedule Notebook…'),
      caption: 'Run this notebook once or again and again',
      icon: flowIcon,
      isVisible: () => maySchedule(workflow.me),
      execute: args =>
        attempt(async () => {
          const path = await choosePath(args, notebooks, documents, browsers);
          if (path) {
            await saveIfDirty(documents, path);
            await schedule(app, workflow, await source(documents, path));
          }
        })
    });
    commands.addCommand(CommandIDs.renewSchedule, {
      label: 'Update Schedule from Notebook',
      isVisible: args => typeof args.dag_id === 'string',
      execute: args =>
        attempt(async () => {
          const dagId = String(args.dag_id);
          const { path } = await scheduleOf(workflow, dagId);
          await saveIfDirty(documents, path);
          const { notebook } = await source(documents, path);
          const { dag_id } = await workflow.client.renewSchedule(
            dagId,
            notebook
          );
          Notification.success(
            `${dag_id} now runs the notebook as it is saved.`
          );
        })
    });
    palette?.addItem({ command: CommandIDs.schedule, category: 'Workflow' });
  }
};

/** The notebook that is meant: given, chosen in the file browser, in front, or asked for. */
async function choosePath(
  args: Record<string, unknown>,
  notebooks: INotebookTracker,
  documents: IDocumentManager,
  browsers: IFileBrowserFactory | null
): Promise<string | null> {
  if (typeof args.path === 'string') {
    return args.path;
  }
  if (args.fromBrowser) {
    return (
      browsers?.tracker.currentWidget?.selectedItems().next().value?.path ??
      null
    );
  }
  if (notebooks.currentWidget) {
    return notebooks.currentWidget.context.path;
  }
  const answer = await FileDialog.getOpenFiles({
    manager: documents,
    title: 'Schedule a notebook',
    filter: model => (model.type === 'notebook' ? {} : null)
  });
  return answer.value?.[0]?.path ?? null;
}

/** What is scheduled is the file: unsaved changes would be left out. */
async function saveIfDirty(
  documents: IDocumentManager,
  path: string
): Promise<void> {
  const context = documents.findWidget(path)?.context;
  if (context?.model.dirty) {
    await context.save();
  }
}

/** The notebook as it is saved: the service does not read people's folders. */
async function source(
  documents: IDocumentManager,
  path: string
): Promise<INotebookSource> {
  const { contents } = documents.services;
  // As text: what is copied is the file, not what Lab makes of it.
  const model = await contents.get(path, {
    type: 'file',
    format: 'text',
    content: true
  });
  const localPath = contents.localPath(path);
  return {
    path: localPath,
    notebook: parseNotebook(localPath, String(model.content)),
    folder: folderOf(PageConfig.getOption('coutureRoot'), localPath)
  };
}

async function scheduleOf(
  workflow: IWorkflow,
  dagId: string
): Promise<INotebookSchedule> {
  const all = await workflow.client.notebookSchedules();
  const found = all.find(each => each.dag_id === dagId);
  if (!found) {
    throw new Error(`${dagId} runs no scheduled notebook.`);
  }
  return found;
}

async function schedule(
  app: JupyterFrontEnd,
  workflow: IWorkflow,
  notebook: INotebookSource
): Promise<void> {
  const { scheduleNotebook } = await import('../schedule/schedule-dialog');
  const scheduled = await scheduleNotebook(workflow, notebook);
  if (scheduled) {
    await app.commands.execute(CommandIDs.openDag, {
      dag_id: scheduled.dag_id
    });
  }
}
