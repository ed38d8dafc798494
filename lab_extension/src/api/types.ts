/** The wire format of `api/couture` and of the part of `api/v2` that Lab uses. */
import type { JSONObject, JSONValue } from '@lumino/coreutils';

export type DagRunState = 'queued' | 'running' | 'success' | 'failed';

export interface IRunSummary {
  run_id: string;
  state: string;
  run_after: string;
  duration: number | null;
}

export interface IRun extends IRunSummary {
  start_date: string | null;
  end_date: string | null;
  conf?: JSONObject;
}

export interface ISchedule {
  text: string;
  raw: string | null;
  timezone: string;
}

export interface IImportError {
  import_error_id: number;
  filename: string;
  line: number | null;
  message: string;
  stack_trace: string;
  timestamp: string;
  dag_ids: string[];
  last_good_version: string | null;
}

export interface IDag {
  dag_id: string;
  display_name: string;
  description: string | null;
  is_paused: boolean;
  schedule: ISchedule;
  owners: string[];
  tags: string[];
  next_run_after: string | null;
  file_path: string;
  has_import_errors: boolean;
  is_notebook: boolean;
  has_params: boolean;
  last_run: IRun | null;
  recent_runs: IRunSummary[];
  task_counts: Record<string, number>;
  mine: boolean;
  /** What the person may do to it. */
  rights: string[];
}

export interface IDagList {
  dags: IDag[];
  /** With the first page alone. */
  import_errors: IImportError[];
  /** What the next page is after; null = this is the last one. */
  next: string | null;
}

export interface IParam {
  value: JSONValue;
  description: string | null;
  schema: JSONObject;
}

export interface IDagDetail extends IDag {
  params: Record<string, IParam>;
  version_number: number | null;
  max_active_runs: number;
  import_error: IImportError | null;
  /** What a scheduled notebook's DAG runs: the notebook, and the copy of it. */
  notebook: { path: string; copy: string } | null;
}

export interface ITaskNode {
  task_id: string;
  /** Its id without the prefix of its group. */
  label: string;
  /** The group that it is directly in. */
  group: string | null;
  operator: string;
  kind: string;
  description: string | null;
  trigger_rule: string;
  is_mapped: boolean;
  is_setup: boolean;
  is_teardown: boolean;
  /** The DAG that it starts, where there is one that the person may see. */
  triggers_dag: string | null;
}

export interface IGroup {
  group_id: string;
  parent: string | null;
  label: string;
  tooltip: string | null;
  is_mapped: boolean;
}

export interface ITaskState {
  state: string | null;
  try_number: number;
  max_tries: number;
  start_date: string | null;
  end_date: string | null;
  duration: number | null;
  reason: string | null;
  retry_at: string | null;
  /** Of a mapped task or a closed group: how many are in which state. */
  counts: Record<string, number> | null;
}

export interface IGraph {
  version_number: number | null;
  nodes: ITaskNode[];
  groups: IGroup[];
  edges: [string, string][];
  /** {upstream task: {downstream task: text}}. */
  edge_labels: Record<string, Record<string, string>>;
  run: IRun | null;
  states: Record<string, ITaskState>;
}

export interface ITry {
  try_number: number;
  state: string | null;
  reason: string | null;
  start_date: string | null;
  end_date: string | null;
  duration: number | null;
}

export interface ITaskError {
  class: string;
  message: string;
  line: number | null;
}

/** The run of another DAG that a task has started. */
export interface IChildRun extends IRun {
  dag_id: string;
  /** How many of its task instances are in which state. */
  counts: Record<string, number>;
}

export interface ITaskInstance {
  state: string | null;
  operator: string;
  try_number: number;
  max_tries: number;
  start_date: string | null;
  end_date: string | null;
  duration: number | null;
  hostname: string | null;
  pid: number | null;
  pool: string | null;
  queue: string | null;
  reason: string | null;
  error: ITaskError | null;
  tries: ITry[];
  has_notebook: boolean;
  /** What its last try started, where the person may see it. */
  child_run: IChildRun | null;
}

export interface IRule {
  name: string;
  passed: boolean;
  reason: string;
}

export interface IWhy {
  state: string | null;
  summary: string;
  rules: IRule[];
}

export interface IExecutedNotebook {
  path: string | null;
  content: JSONObject | null;
  complete: boolean;
  message: string | null;
}

export type ParameterType =
  'int' | 'float' | 'str' | 'bool' | 'list' | 'dict' | 'none' | 'expression';

export interface INotebookParameter {
  name: string;
  type: ParameterType;
  default: JSONValue;
  source: string;
  comment: string | null;
}

/** A notebook as it is saved, and where it lies. */
export interface INotebookSource {
  /** From the root of Lab. */
  path: string;
  notebook: JSONObject;
  /** Its absolute folder on the user's server, where that is known. */
  folder: string | null;
}

export interface IScheduleRequest extends INotebookSource {
  when: 'once' | 'cron';
  cron: string | null;
  timezone: string;
  parameters: JSONObject;
  output_name: string;
  export_html: boolean;
  retries: number;
  retry_delay: number;
}

export interface INotebookParameters {
  path: string;
  kernel: { name: string; display_name: string; language: string };
  parameters: INotebookParameter[];
  has_parameters_cell: boolean;
  dag_id: string;
  schedule: Partial<Omit<IScheduleRequest, 'notebook'>> | null;
}

export interface IPreviewTimes {
  text: string;
  timezone: string;
  utc_offset: string;
  times: string[];
}

export interface IScheduled {
  dag_id: string;
  file_path: string;
  source: string;
}

export interface INotebookSchedule {
  dag_id: string;
  path: string;
  renewed_at: string;
  /** The notebook was changed since the copy was made; null = the server cannot see it. */
  is_stale: boolean | null;
}

export interface ITimezones {
  timezones: string[];
  local: string;
}

export interface IServiceState {
  state: 'healthy' | 'starting' | 'away';
  since: string | null;
}

export interface IStatus {
  scheduler: IServiceState;
  agent: IServiceState | null;
  running_runs: number;
  running_tasks: number;
  next_run: { dag_id: string; run_after: string } | null;
  keeps_running: boolean;
  version: string;
  user: { name: string; roles: string[] };
  rights: string[];
  home: string;
  /** Whose DAGs are shown first; empty = everybody's. */
  workflow_user: string;
}

export interface IDagRunV2 {
  dag_run_id: string;
  dag_id: string;
  state: string;
  logical_date: string | null;
  run_after: string;
  start_date: string | null;
  end_date: string | null;
  duration: number | null;
  run_type: string;
  conf: JSONObject | null;
}

export interface ITaskInstanceV2 {
  dag_id: string;
  task_id: string;
  map_index: number;
  duration: number | null;
  dag_run_id: string;
  state: string | null;
  try_number: number;
  max_tries: number;
}

export interface IXCom {
  key: string;
  timestamp: string;
  map_index: number;
}

export interface IDagVersion {
  version_number: number;
  created_at: string;
}

export interface IClearRequest {
  dag_run_id: string;
  /** A task, or one instance of a mapped one. */
  task_ids: (string | [string, number])[];
  include_downstream: boolean;
  include_upstream: boolean;
  only_failed: boolean;
  dry_run: boolean;
}

export type DagEvent = 'version' | 'paused' | 'unpaused' | 'added' | 'removed';

export interface ITaskChange {
  kind: 'task_instance';
  dag_id: string;
  run_id: string;
  task_id: string;
  map_index: number;
  state: string | null;
  try_number: number;
  max_tries: number;
  start_date: string | null;
  end_date: string | null;
  reason: string | null;
  retry_at: string | null;
}

export interface IRunChange {
  kind: 'dag_run';
  dag_id: string;
  run_id: string;
  state: string;
  start_date: string | null;
  end_date: string | null;
}

export interface IImportErrorChange {
  kind: 'import_error';
  filename: string;
  /** The error as it is now; null when it is gone. */
  error: IImportError | null;
}

export type Change =
  | ITaskChange
  | IRunChange
  | { kind: 'dag'; dag_id: string; event: DagEvent }
  | { kind: 'dag_row'; dag_id: string; row: IDag }
  | IImportErrorChange
  | ({ kind: 'status' } & IStatus);

export interface ITaskTarget {
  dag_id: string;
  run_id: string;
  task_id: string;
  /** Which instance of a mapped task; -1 = it is not mapped. */
  map_index: number;
}

export interface ILogTarget extends ITaskTarget {
  try_number: number;
}

export interface ILogMessage {
  type: 'log';
  id: string;
  offset: number;
  text: string;
  end: boolean;
}

export interface ITaskMessage {
  type: 'task';
  id: string;
  task: ITaskInstance | null;
  /** Why there is no task. */
  detail: string | null;
}

export type LiveMessage =
  | { type: 'hello'; last_id: number }
  | { type: 'changes'; last_id: number; changes: Change[] }
  | ILogMessage
  | ITaskMessage;
