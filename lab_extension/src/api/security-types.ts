/** The wire format of people, roles, the directory and the audit log. */
import type { JSONObject, JSONValue } from '@lumino/coreutils';

export type Origin = 'solo' | 'local' | 'ldap';

export interface IMe {
  name: string;
  display_name: string;
  email: string;
  origin: Origin;
  roles: string[];
  is_admin: boolean;
  must_change_password: boolean;
  can_change_password: boolean;
  /** Permissions that are held, on all DAGs or on some. */
  rights: string[];
  menus: string[];
}

export interface IAccount {
  name: string;
  first_name: string;
  last_name: string;
  email: string;
  origin: Origin;
  is_active: boolean;
  roles: string[];
  group_roles: { role: string; group: string }[];
  last_login: string | null;
  created_at: string;
  locked_until: string | null;
  must_change_password: boolean;
}

export interface IAccountList {
  accounts: IAccount[];
  total_entries: number;
}

export interface IAccountQuery {
  search?: string;
  limit?: number;
  offset?: number;
  order_by?: string;
}

export interface IAccountPatch {
  first_name?: string;
  last_name?: string;
  email?: string;
  roles?: string[];
  is_active?: boolean;
}

export interface INewAccount {
  name: string;
  first_name: string;
  last_name: string;
  email: string;
  /** ldap = the directory has the password. */
  origin: 'local' | 'ldap';
  password: string;
  roles: string[];
  must_change_password: boolean;
}

export interface IVerdict {
  ability: string;
  title: string;
  allowed: boolean;
  /** The roles that allow it. */
  through: string[];
}

export interface IAccountRights {
  account: string;
  is_active: boolean;
  verdicts: IVerdict[];
}

/** Every one of `actions` on every one of `menus`; `dag` is a pattern, null = all DAGs. */
export interface IGrant {
  dag: string | null;
  actions: string[];
  menus: string[];
}

export interface INewRole {
  name: string;
  description: string;
  grants: IGrant[];
  ldap_groups: string[];
}

export interface IRole extends INewRole {
  is_default: boolean;
  people: number;
}

/** A permission or view menu that can be granted; `role` is the first default role with it. */
export interface IGrantable {
  name: string;
  role: string;
  help?: string;
}

/** A column of the roles page. */
export interface IAbility {
  name: string;
  title: string;
  actions: string[];
}

export interface IPermissions {
  actions: IGrantable[];
  menus: IGrantable[];
  abilities: IAbility[];
}

export type LdapValue = string | boolean;

/** Values by name; null = back to the default, a name that is missing stays as it is. */
export type LdapValues = Record<string, LdapValue | null>;

export interface ILdapOption {
  name: string;
  /** Null for secrets, which are never told. */
  value: LdapValue | null;
  is_set: boolean;
  is_secret: boolean;
  kind: 'text' | 'bool' | 'choice' | 'password';
  choices: string[];
  default: LdapValue;
  help: string;
}

export interface ILdapConfiguration {
  is_enabled: boolean;
  options: ILdapOption[];
}

export interface ILdapStep {
  name: string;
  /** Null = not reached. */
  ok: boolean | null;
  detail: string;
  seconds: number | null;
}

export interface ILdapTest {
  ok: boolean;
  steps: ILdapStep[];
  attributes: JSONObject;
  groups: string[];
  roles: string[];
}

export interface IAuditFilter {
  user?: string;
  event?: string;
  dag_id?: string;
  source_ip?: string;
  allowed?: boolean;
  search?: string;
  after?: string;
  before?: string;
}

export interface IAuditQuery extends IAuditFilter {
  limit?: number;
  offset?: number;
  order_by?: string;
}

export interface IAuditEntry {
  id: number;
  when: string;
  user: string;
  source_ip: string | null;
  event: string;
  allowed: boolean;
  dag_id: string | null;
  run_id: string | null;
  task_id: string | null;
  before: JSONValue;
  after: JSONValue;
  extra: JSONObject;
}

export interface IAuditLog {
  entries: IAuditEntry[];
  total_entries: number;
}
