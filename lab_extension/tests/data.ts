/** Small objects of the wire for tests. */
import type {
  IDag,
  IGraph,
  IRunChange,
  ITaskChange,
  ITaskState
} from '../src/api/types';

export function dagRow(patch: Partial<IDag> = {}): IDag {
  return {
    dag_id: 'sales',
    display_name: 'sales',
    description: null,
    is_paused: false,
    schedule: { text: 'every day at 02:00', raw: '0 2 * * *', timezone: 'UTC' },
    owners: [],
    tags: [],
    next_run_after: null,
    file_path: 'sales.py',
    has_import_errors: false,
    is_notebook: false,
    has_params: false,
    last_run: null,
    recent_runs: [],
    task_counts: {},
    mine: false,
    rights: [],
    ...patch
  };
}

export function taskState(patch: Partial<ITaskState> = {}): ITaskState {
  return {
    state: null,
    try_number: 1,
    max_tries: 0,
    start_date: null,
    end_date: null,
    duration: null,
    reason: null,
    retry_at: null,
    counts: null,
    ...patch
  };
}

export function graph(states: Record<string, ITaskState> = {}): IGraph {
  const node = (task_id: string) => ({
    task_id,
    label: task_id,
    group: null,
    operator: 'PythonOperator',
    kind: 'python',
    description: null,
    trigger_rule: 'all_success',
    is_mapped: false,
    is_setup: false,
    is_teardown: false,
    triggers_dag: null
  });
  return {
    version_number: 1,
    nodes: ['a', 'b', 'c'].map(node),
    groups: [],
    edge_labels: {},
    edges: [
      ['a', 'c'],
      ['b', 'c']
    ],
    run: {
      run_id: 'r1',
      state: 'running',
      run_after: '2026-11-23T02:00:00Z',
      start_date: '2026-11-23T02:00:01Z',
      end_date: null,
      duration: null
    },
    states
  };
}

export function taskChange(patch: Partial<ITaskChange> = {}): ITaskChange {
  return {
    kind: 'task_instance',
    dag_id: 'sales',
    run_id: 'r1',
    task_id: 'a',
    map_index: -1,
    state: 'running',
    try_number: 1,
    max_tries: 2,
    retry_at: null,
    start_date: '2026-11-23T02:00:02Z',
    end_date: null,
    reason: null,
    ...patch
  };
}

export function runChange(patch: Partial<IRunChange> = {}): IRunChange {
  return {
    kind: 'dag_run',
    dag_id: 'sales',
    run_id: 'r1',
    state: 'success',
    start_date: '2026-11-23T02:00:00Z',
    end_date: '2026-11-23T02:01:30Z',
    ...patch
  };
}
