import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, InputDialog } from '@jupyterlab/apputils';
import { type FileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { addIcon, refreshIcon, ToolbarButton } from '@jupyterlab/ui-components';

import { DagDrive, DRIVE } from '../drive/dag-drive';
import { newDag } from '../drive/new-dag';
import { dagFilePath, openFile } from '../files';
import { MENU_COMMANDS } from '../menu/entries';
import { attempt } from '../notify';
import { dagFilesIcon } from '../parts/admin-icons';
import { IWorkflow } from '../tokens';

export const filesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'couture-workflow:files',
  description: 'DAG files as a drive, and a file browser for them.',
  autoStart: true,
  requires: [IWorkflow],
  optional: [IFileBrowserFactory, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    workflow: IWorkflow,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null
  ) => {
    const { client, me } = workflow;
    const { contents, serverSettings } = app.serviceManager;
    contents.addDrive(new DagDrive(client.files, serverSettings));
    const mayEdit = (): boolean => me.has('can_edit_code');
    let browser: FileBrowser | null = null;
    app.commands.addCommand(MENU_COMMANDS.manageDags, {
      label: 'Manage DAGs',
      caption: 'The files that define DAGs',
      isVisible: () => mayEdit() && browsers !== null,
      execute: () => {
        browser ??= browsers && createBrowser(app, browsers);
        if (browser) {
          app.shell.activateById(browser.id);
        }
      }
    });
    app.commands.addCommand(MENU_COMMANDS.newDagFile, {
      label: 'New DAG file…',
      isVisible: mayEdit,
      execute: () => attempt(() => askAndCreate(app, workflow))
    });
    for (const command of [
      MENU_COMMANDS.manageDags,
      MENU_COMMANDS.newDagFile
    ]) {
      palette?.addItem({ command, category: 'Workflow' });
    }
  }
};

/** A file browser of the drive, in the left side bar. */
function createBrowser(
  app: JupyterFrontEnd,
  browsers: IFileBrowserFactory
): FileBrowser {
  const browser = browsers.createFileBrowser('couture-dag-files', {
    driveName: DRIVE,
    restore: false
  });
  browser.title.icon = dagFilesIcon;
  browser.title.caption = 'DAG files';
  browser.node.setAttribute('role', 'region');
  browser.node.setAttribute('aria-label', 'DAG files');
  browser.toolbar.addItem(
    'new',
    new ToolbarButton({
      icon: addIcon,
      tooltip: 'New DAG file',
      onClick: () => void app.commands.execute(MENU_COMMANDS.newDagFile)
    })
  );
  browser.toolbar.addItem(
    'refresh',
    new ToolbarButton({
      icon: refreshIcon,
      tooltip: 'Read again',
      onClick: () => void browser.model.refresh()
    })
  );
  app.shell.add(browser, 'left', { rank: 151 });
  return browser;
}

async function askAndCreate(
  { commands }: JupyterFrontEnd,
  { client, status }: IWorkflow
): Promise<void> {
  const { value } = await InputDialog.getText({
    title: 'New DAG',
    label: 'Its id; the file gets the same name',
    placeholder: 'sales_daily',
    okLabel: 'Create'
  });
  if (value?.trim()) {
    const folder = status.status?.workflow_user ?? '';
    const { path, content } = newDag(value, folder);
    await client.files.save(path, content, null);
    await openFile(commands, dagFilePath(path));
  }
}
