/** The pages of the Workflow menu, and who may open them. */
import type { MeModel } from '../models/me';

export type AdminKind =
  | 'users'
  | 'roles'
  | 'ldap'
  | 'backfills'
  | 'slaMisses'
  | 'audit'
  | 'configurations'
  | 'connections'
  | 'pools'
  | 'variables';

export interface IKind {
  /** The entry as the manual names it. */
  entry: string;
  title: string;
  isOffered: (me: MeModel) => boolean;
}

const forAdmins = (me: MeModel): boolean => me.isAdmin && !me.isSolo;

export const KINDS: Record<AdminKind, IKind> = {
  users: {
    entry: 'List Users',
    title: 'Security: users',
    isOffered: forAdmins
  },
  roles: {
    entry: 'List Roles',
    title: 'Security: roles',
    isOffered: forAdmins
  },
  ldap: {
    entry: 'Ldap Configuration',
    title: 'Admin: LDAP',
    isOffered: forAdmins
  },
  backfills: {
    entry: 'Backfills',
    title: 'Browse: backfills',
    isOffered: me => me.has('can_list') && me.hasMenu('DAG Runs')
  },
  slaMisses: {
    entry: 'SLA Misses',
    title: 'Browse: SLA misses',
    isOffered: me => me.has('can_list') && me.hasMenu('SLA Misses')
  },
  audit: {
    entry: 'Audit Logs',
    title: 'Browse: audit logs',
    isOffered: me => me.has('can_list') && me.hasMenu('Logs')
  },
  configurations: {
    entry: 'Configurations',
    title: 'Admin: configurations',
    isOffered: me => me.has('can_conf') && me.hasMenu('Configurations')
  },
  connections: {
    entry: 'Connections',
    title: 'Admin: connections',
    isOffered: me => me.has('can_list') && me.hasMenu('Connections')
  },
  pools: {
    entry: 'Pools',
    title: 'Admin: pools',
    isOffered: me => me.has('can_list') && me.hasMenu('Pools')
  },
  variables: {
    entry: 'Variables',
    title: 'Admin: variables',
    isOffered: me => me.has('can_list') && me.hasMenu('Variables')
  }
};

export const ADMIN_KINDS = Object.keys(KINDS) as AdminKind[];
