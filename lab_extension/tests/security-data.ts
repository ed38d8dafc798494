/** Small people and roles of the wire for tests. */
import type {
  IAccount,
  IAuditEntry,
  ILdapOption,
  IMe,
  IPermissions,
  IRole
} from '../src/api/security-types';
import type { MeModel } from '../src/models/me';

export const PERMISSIONS: IPermissions = {
  actions: [
    { name: 'can_dag_details', role: 'Viewer' },
    { name: 'can_log', role: 'Viewer' },
    { name: 'can_trigger', role: 'User' },
    { name: 'can_run', role: 'User' },
    { name: 'can_edit_code', role: 'Developer' },
    { name: 'can_conf', role: 'Op' }
  ],
  menus: [
    { name: 'Airflow', role: 'Viewer' },
    { name: 'Logs', role: 'Viewer' },
    { name: 'Variables', role: 'Op' }
  ],
  abilities: [
    { name: 'see', title: 'See', actions: ['can_dag_details', 'can_log'] },
    { name: 'run', title: 'Run', actions: ['can_trigger', 'can_run'] },
    { name: 'edit', title: 'Edit code', actions: ['can_edit_code'] }
  ]
};

export const SEE = ['can_dag_details', 'can_log'];
export const MENUS = ['Airflow', 'Logs'];

export function role(patch: Partial<IRole> = {}): IRole {
  return {
    name: 'Sales',
    description: '',
    is_default: false,
    grants: [],
    ldap_groups: [],
    people: 14,
    ...patch
  };
}

export function account(patch: Partial<IAccount> = {}): IAccount {
  return {
    name: 'marta',
    first_name: 'Marta',
    last_name: 'Gil',
    email: 'marta@acme.io',
    origin: 'local',
    is_active: true,
    roles: ['Sales'],
    group_roles: [],
    last_login: null,
    created_at: '2026-11-01T00:00:00Z',
    locked_until: null,
    must_change_password: false,
    ...patch
  };
}

export function entry(patch: Partial<IAuditEntry> = {}): IAuditEntry {
  return {
    id: 1,
    when: '2026-11-23T02:00:00Z',
    user: 'marta',
    source_ip: '127.0.0.1',
    event: 'trigger_dag_run',
    allowed: true,
    dag_id: null,
    run_id: null,
    task_id: null,
    before: null,
    after: null,
    extra: {},
    ...patch
  };
}

export function option(
  name: string,
  patch: Partial<ILdapOption> = {}
): ILdapOption {
  return {
    name,
    value: '',
    is_set: false,
    is_secret: false,
    kind: 'text',
    choices: [],
    default: '',
    help: '',
    ...patch
  };
}

/** The model of somebody, as far as menus ask it. */
export function person(patch: Partial<IMe>): MeModel {
  const me: IMe = {
    name: 'marta',
    display_name: 'Marta Gil',
    email: '',
    origin: 'local',
    roles: ['Viewer'],
    is_admin: false,
    must_change_password: false,
    can_change_password: true,
    rights: ['can_list'],
    menus: ['Browse', 'Logs'],
    ...patch
  };
  const model = {
    me,
    isAdmin: me.is_admin,
    isSolo: me.origin === 'solo',
    has: (right: string) => me.rights.includes(right),
    hasMenu: (menu: string) => me.menus.includes(menu)
  };
  return model as unknown as MeModel;
}
