/** Opens the pages of the Workflow menu: one of each, brought to the front when asked for again. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';

import {
  auditIcon,
  backfillIcon,
  directoryIcon,
  lateIcon,
  peopleIcon,
  plugIcon,
  poolIcon,
  settingsIcon,
  shieldIcon,
  variableIcon
} from '../parts/admin-icons';
import { CommandIDs, type IWorkflow } from '../tokens';
import { AdminPage, type IAdminContent, type OpenRun } from './admin-page';
import { type AdminKind, KINDS } from './kinds';

interface ISource {
  icon: LabIcon;
  load: (workflow: IWorkflow, openRun: OpenRun) => Promise<IAdminContent>;
}

const SOURCES: Record<AdminKind, ISource> = {
  users: {
    icon: peopleIcon,
    load: async workflow =>
      (await import('./users/users-page')).usersPage(workflow)
  },
  roles: {
    icon: shieldIcon,
    load: async workflow =>
      (await import('./roles/roles-page')).rolesPage(workflow)
  },
  ldap: {
    icon: directoryIcon,
    load: async workflow =>
      (await import('./ldap/ldap-page')).ldapPage(workflow)
  },
  backfills: {
    icon: backfillIcon,
    load: async (workflow, openRun) =>
      (await import('../browse/backfills/backfills-page')).backfillsPage(
        workflow,
        openRun
      )
  },
  slaMisses: {
    icon: lateIcon,
    load: async (workflow, openRun) =>
      (await import('../browse/slas/slas-page')).slasPage(workflow, openRun)
  },
  audit: {
    icon: auditIcon,
    load: async workflow =>
      (await import('./audit/audit-page')).auditPage(workflow)
  },
  configurations: {
    icon: settingsIcon,
    load: async workflow =>
      (await import('./configuration/configuration-page')).configurationPage(
        workflow
      )
  },
  connections: {
    icon: plugIcon,
    load: async workflow =>
      (await import('./connections/connections-page')).connectionsPage(workflow)
  },
  pools: {
    icon: poolIcon,
    load: async workflow =>
      (await import('./pools/pools-page')).poolsPage(workflow)
  },
  variables: {
    icon: variableIcon,
    load: async workflow =>
      (await import('./variables/variables-page')).variablesPage(workflow)
  }
};

export class AdminPages {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly workflow: IWorkflow
  ) {}

  readonly tracker = new WidgetTracker<AdminPage>({
    namespace: 'couture-admin'
  });

  async open(kind: AdminKind): Promise<AdminPage> {
    const { icon, load } = SOURCES[kind];
    const opened = this.find(kind);
    opened?.refresh();
    const page =
      opened ?? this.add(kind, icon, await load(this.workflow, this.openRun));
    this.app.shell.activateById(page.id);
    return page;
  }

  private readonly openRun: OpenRun = args =>
    void this.app.commands.execute(CommandIDs.openDag, { ...args });

  private find(kind: AdminKind): AdminPage | undefined {
    return this.tracker.find(page => page.kind === kind);
  }

  private add(
    kind: AdminKind,
    icon: LabIcon,
    content: IAdminContent
  ): AdminPage {
    const { title } = KINDS[kind];
    const page = new AdminPage({ kind, title, icon, ...content });
    this.app.shell.add(page, 'main');
    void this.tracker.add(page);
    return page;
  }
}
