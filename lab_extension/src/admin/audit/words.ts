/** Audit entries in words. Pure. */
import type { IAuditEntry } from '../../api/security-types';

/** What was done, by the name of the event; others are written out. */
const WORDS: Record<string, string> = {
  login: 'Logged in',
  register_account: 'Registered at the first login',
  change_my_password: 'Changed the own password',
  create_account: 'Added a user',
  patch_account: 'Changed a user',
  delete_account: 'Deleted a user',
  reset_password: 'Reset a password',
  create_role: 'Added a role',
  patch_role: 'Changed a role',
  delete_role: 'Deleted a role',
  patch_ldap_configuration: 'Changed the LDAP configuration',
  try_ldap_configuration: 'Tested the LDAP configuration',
  patch_dag: 'Switched a DAG on or off',
  trigger_dag_run: 'Triggered a run',
  patch_dag_run: 'Marked a run',
  clear_dag_run: 'Cleared a run',
  post_clear_task_instances: 'Cleared tasks',
  patch_task_instance: 'Marked a task',
  patch_task_instance_by_map_index: 'Marked an instance of a task',
  simulate_dag: 'Simulated a DAG',
  create_backfill: 'Made a backfill',
  pause_backfill: 'Paused a backfill',
  unpause_backfill: 'Went on with a backfill',
  cancel_backfill: 'Cancelled a backfill',
  patch_sla_miss: 'Wrote a note on an SLA miss',
  create_schedule: 'Scheduled a notebook',
  renew_schedule: 'Updated a schedule from its notebook',
  save_dag_file: 'Saved a DAG file',
  move_dag_file: 'Moved a DAG file',
  delete_dag_file: 'Deleted a DAG file',
  set_variable: 'Set a variable',
  delete_variable: 'Deleted a variable',
  import_variables: 'Imported variables',
  add_connection: 'Added a connection',
  delete_connection: 'Deleted a connection',
  post_pool: 'Added a pool',
  patch_pool: 'Changed a pool',
  delete_pool: 'Deleted a pool'
};

/** "Added a user", "Clear task instances". */
export function eventWords(event: string): string {
  const plain = event.replace(/[_.]+/g, ' ').trim();
  return WORDS[event] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** Events that can be asked for by name, with their words. */
export const EVENTS: readonly [string, string][] = Object.entries(WORDS);

const NAMES = ['account', 'role', 'path', 'name', 'key'];

/** What it was done to: "sales_daily, load", "user marta", "". */
export function objectWords(entry: IAuditEntry): string {
  const { dag_id, run_id, task_id, extra } = entry;
  if (dag_id) {
    return [dag_id, task_id, run_id].filter(Boolean).join(', ');
  }
  const body = isObject(extra.body) ? extra.body : {};
  for (const name of NAMES) {
    const value = extra[name] ?? body[name];
    if (typeof value === 'string' && value) {
      return value;
    }
  }
  return '';
}

export interface IDifference {
  name: string;
  before: string;
  after: string;
}

/** What differs between before and after, field by field. */
export function differences(entry: IAuditEntry): IDifference[] {
  const { before, after } = entry;
  if (!isObject(before) && !isObject(after)) {
    return before === null && after === null
      ? []
      : [{ name: 'value', before: text(before), after: text(after) }];
  }
  const [old, now] = [
    isObject(before) ? before : {},
    isObject(after) ? after : {}
  ];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names
    .map(name => ({ name, before: text(old[name]), after: text(now[name]) }))
    .filter(one => one.before !== one.after);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as people read it. */
export function text(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value === 'string') {
    return value;
  }
  const isList =
    Array.isArray(value) && value.every(one => typeof one === 'string');
  return isList ? value.join(', ') : JSON.stringify(value, null, 1);
}
