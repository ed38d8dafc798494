/** The Workflow menu for a person: only what exists and may be used. Pure. */
import { ADMIN_KINDS, type AdminKind, KINDS } from '../admin/kinds';
import type { MeModel } from '../models/me';

export interface IEntry {
  command: string;
  args?: Record<string, string>;
}

export interface ISubmenu {
  label: string;
  entries: (IEntry | null)[];
}

/** The commands that the menu is made of. */
export const MENU_COMMANDS = {
  openPage: 'couture:open-page',
  password: 'couture:change-password',
  manageDags: 'couture:manage-dags',
  newDagFile: 'couture:new-dag-file',
  tokens: 'couture:access-tokens',
  logOut: 'couture:log-out',
  about: 'couture:about',
  roles: 'couture:my-roles'
} as const;

const CORE = {
  openPanel: 'couture:open-panel',
  openDag: 'couture:open-dag',
  schedule: 'couture:schedule-notebook',
  trigger: 'couture:trigger-dag',
  togglePause: 'couture:toggle-pause',
  backfill: 'couture:new-backfill',
  simulate: 'couture:simulate-dag'
};

const BROWSE_PAGES: AdminKind[] = ['backfills', 'slaMisses', 'audit'];

/** Admin has its pages in the order of the manual. */
const ADMIN_PAGES: AdminKind[] = [
  'ldap',
  'configurations',
  'connections',
  'pools',
  'variables'
];

/** The submenus that have entries, in their order (null draws a line). */
export function submenus(
  me: MeModel,
  isUnderHub: boolean
): (ISubmenu | null)[] {
  const page = (kind: AdminKind): IEntry[] =>
    KINDS[kind].isOffered(me)
      ? [{ command: MENU_COMMANDS.openPage, args: { page: kind } }]
      : [];
  const all: ISubmenu[] = [
    { label: 'DAGs', entries: dagEntries(me) },
    { label: 'Browse', entries: BROWSE_PAGES.flatMap(page) },
    { label: 'Admin', entries: ADMIN_PAGES.flatMap(page) },
    { label: 'Developer', entries: developerEntries(me) },
    { label: 'Security', entries: [...page('users'), ...page('roles')] },
    { label: 'About', entries: [{ command: MENU_COMMANDS.about }] }
  ];
  const shown = all.filter(submenu => submenu.entries.length);
  const mine = ownEntries(me, isUnderHub);
  return mine ? [...shown, null, mine] : shown;
}

/** Whether a person may schedule notebooks. */
export function maySchedule(me: MeModel): boolean {
  return me.has('can_notebook') && me.has('can_edit_code');
}

function dagEntries(me: MeModel): (IEntry | null)[] {
  const entries: (IEntry | null)[] = [
    { command: CORE.openPanel },
    { command: CORE.openDag }
  ];
  const acts: IEntry[] = [];
  if (me.has('can_trigger')) {
    acts.push({ command: CORE.trigger }, { command: CORE.backfill });
  }
  if (me.has('can_paused')) {
    acts.push({ command: CORE.togglePause });
  }
  if (me.has('can_dag_details')) {
    acts.push({ command: CORE.simulate });
  }
  return acts.length ? [...entries, null, ...acts] : entries;
}

function developerEntries(me: MeModel): (IEntry | null)[] {
  const entries: (IEntry | null)[] = [];
  if (me.has('can_edit_code')) {
    entries.push(
      { command: MENU_COMMANDS.manageDags },
      { command: MENU_COMMANDS.newDagFile }
    );
  }
  if (maySchedule(me)) {
    entries.push({ command: CORE.schedule });
  }
  return entries;
}

/** The submenu under the person's own name; somebody alone needs none. */
function ownEntries(me: MeModel, isUnderHub: boolean): ISubmenu | null {
  if (!me.me || me.isSolo) {
    return null;
  }
  const entries: (IEntry | null)[] = [{ command: MENU_COMMANDS.roles }, null];
  if (me.me.can_change_password) {
    entries.push({ command: MENU_COMMANDS.password });
  }
  if (isUnderHub) {
    entries.push(
      { command: MENU_COMMANDS.tokens },
      { command: MENU_COMMANDS.logOut }
    );
  }
  return { label: me.me.display_name, entries };
}

/** Every command of the palette that opens a page. */
export const PAGE_ENTRIES: readonly IEntry[] = ADMIN_KINDS.map(page => ({
  command: MENU_COMMANDS.openPage,
  args: { page }
}));
