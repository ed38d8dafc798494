import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Dialog, ICommandPalette, showDialog } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { IMainMenu } from '@jupyterlab/mainmenu';

import { AdminPages } from '../admin/admin-pages';
import { type AdminKind, KINDS } from '../admin/kinds';
import { type IEntry, MENU_COMMANDS, PAGE_ENTRIES } from '../menu/entries';
import { createWorkflowMenu } from '../menu/workflow-menu';
import { attempt } from '../notify';
import { IWorkflow } from '../tokens';

const CATEGORY = 'Workflow';

export const menuPlugin: JupyterFrontEndPlugin<void> = {
  id: 'couture-workflow:menu',
  description: 'The Workflow menu and its pages: users, roles, LDAP, audit.',
  autoStart: true,
  requires: [IWorkflow],
  optional: [IMainMenu, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    workflow: IWorkflow,
    mainMenu: IMainMenu | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ) => {
    const pages = new AdminPages(app, workflow);
    const entries = [
      ...addPages(app, workflow, pages),
      ...addOwn(app, workflow),
      ...addHub(app)
    ];
    entries.forEach(({ command, args }) =>
      palette?.addItem({ command, args, category: CATEGORY })
    );
    const menu = createWorkflowMenu(app, workflow.me, Boolean(hubPrefix()));
    mainMenu?.addMenu(menu, true, { rank: 510 });
    workflow.me.changed.connect(() => app.commands.notifyCommandChanged());
    void restorer?.restore(pages.tracker, {
      command: MENU_COMMANDS.openPage,
      args: page => ({ page: page.kind }),
      name: page => page.kind
    });
  }
};

/** The command that opens a page; it is offered to those who may use the page. */
function addPages(
  { commands }: JupyterFrontEnd,
  { me }: IWorkflow,
  pages: AdminPages
): readonly IEntry[] {
  commands.addCommand(MENU_COMMANDS.openPage, {
    label: args => KINDS[args.page as AdminKind]?.entry ?? 'Open Page',
    isVisible: args => KINDS[args.page as AdminKind]?.isOffered(me) ?? false,
    execute: args => pages.open(args.page as AdminKind)
  });
  return PAGE_ENTRIES;
}

/** What concerns the person: roles, password, the version that is used. */
function addOwn(
  { commands }: JupyterFrontEnd,
  { client, me, status }: IWorkflow
): IEntry[] {
  commands.addCommand(MENU_COMMANDS.roles, {
    label: () => rolesWords(me.me?.name ?? '', me.me?.roles ?? []),
    isEnabled: () => false,
    execute: () => undefined
  });
  commands.addCommand(MENU_COMMANDS.password, {
    label: 'Reset my password',
    isVisible: () => me.me?.can_change_password ?? false,
    execute: () =>
      attempt(async () => {
        const { changeMyPassword } = await import('../account/password-dialog');
        await changeMyPassword(client, me);
      })
  });
  commands.addCommand(MENU_COMMANDS.about, {
    label: 'Version',
    execute: () =>
      showDialog({
        title: 'Couture Workflow',
        body: `Version ${status.status?.version ?? 'unknown: the service has not answered yet'}`,
        buttons: [Dialog.okButton({ label: 'Close' })]
      })
  });
  return [
    { command: MENU_COMMANDS.password },
    { command: MENU_COMMANDS.about }
  ];
}

/** What the Hub has pages for, where there is one. */
function addHub({ commands }: JupyterFrontEnd): IEntry[] {
  const prefix = hubPrefix();
  if (!prefix) {
    return [];
  }
  const url = (path: string): string =>
    PageConfig.getOption('hubHost') + URLExt.join(prefix, path);
  commands.addCommand(MENU_COMMANDS.tokens, {
    label: 'Access tokens',
    caption: 'Tokens for scripts and API clients, on a page of the Hub',
    execute: () => void window.open(url('token'), '_blank', 'noopener')
  });
  commands.addCommand(MENU_COMMANDS.logOut, {
    label: 'Log out',
    execute: () => window.location.assign(url('logout'))
  });
  return [{ command: MENU_COMMANDS.tokens }, { command: MENU_COMMANDS.logOut }];
}

/** "superadmin, role Admin". */
function rolesWords(name: string, roles: readonly string[]): string {
  if (!roles.length) {
    return `${name}, no role`;
  }
  return `${name}, role${roles.length === 1 ? '' : 's'} ${roles.join(', ')}`;
}

function hubPrefix(): string {
  return PageConfig.getOption('hubPrefix');
}
