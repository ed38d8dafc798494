/** How live changes alter what is shown: pure functions from old data to new. */
import type {
  Change,
  IDag,
  IDagRunV2,
  IGraph,
  IRun,
  IRunChange,
  IRunSummary,
  ITaskChange,
  ITaskState
} from '../api/types';

const NEW_TASK: ITaskState = {
  state: null,
  try_number: 0,
  max_tries: 0,
  start_date: null,
  end_date: null,
  duration: null,
  reason: null,
  retry_at: null
};

/** Seconds between two moments, or null while one is missing. */
export function secondsBetween(
  start: string | null,
  end: string | null
): number | null {
  return start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : null;
}

/** The row of a DAG after a change of one of its runs, or of its switch. */
export function reduceDag(row: IDag, change: Change): IDag {
  if (change.kind === 'dag_run' && change.dag_id === row.dag_id) {
    return reduceRun(row, change);
  }
  if (change.kind === 'dag' && change.dag_id === row.dag_id) {
    if (change.event === 'paused' || change.event === 'unpaused') {
      return { ...row, is_paused: change.event === 'paused' };
    }
  }
  return row;
}

function reduceRun(row: IDag, change: IRunChange): IDag {
  const known = row.recent_runs.some(run => run.run_id === change.run_id);
  if (!known) {
    return row;
  }
  const recent = row.recent_runs.map(run =>
    run.run_id === change.run_id ? patched(run, change) : run
  );
  const last = row.last_run;
  const lastRun =
    last && last.run_id === change.run_id ? patchRun(last, change) : last;
  return { ...row, recent_runs: recent, last_run: lastRun };
}

function patched(run: IRunSummary, change: IRunChange): IRunSummary {
  const seconds = secondsBetween(change.start_date, change.end_date);
  return { ...run, state: change.state, duration: seconds };
}

/** The run after a change of it. */
export function patchRun(run: IRun, change: IRunChange): IRun {
  const { state, start_date, end_date } = change;
  const duration = secondsBetween(start_date, end_date);
  return { ...run, state, start_date, end_date, duration };
}

/** The list of runs after a change of one of them. */
export function patchRunList(
  runs: readonly IDagRunV2[],
  change: IRunChange
): IDagRunV2[] {
  const { state, start_date, end_date } = change;
  const duration = secondsBetween(start_date, end_date);
  return runs.map(run =>
    run.dag_run_id === change.run_id
      ? { ...run, state, start_date, end_date, duration }
      : run
  );
}

/** The graph after a batch of changes; the same object when none concerns it. */
export function reduceGraph(
  graph: IGraph,
  dagId: string,
  changes: readonly Change[]
): IGraph {
  const run = graph.run;
  if (!run) {
    return graph;
  }
  let result = graph;
  for (const change of changes) {
    if (
      change.kind === 'task_instance' &&
      concerns(change, dagId, run.run_id)
    ) {
      result = { ...result, states: patchStates(result.states, change) };
    } else if (
      change.kind === 'dag_run' &&
      concerns(change, dagId, run.run_id)
    ) {
      result = { ...result, run: patchRun(run, change) };
    }
  }
  return result;
}

function concerns(
  change: ITaskChange | IRunChange,
  dagId: string,
  runId: string
): boolean {
  return change.dag_id === dagId && change.run_id === runId;
}

function patchStates(
  states: IGraph['states'],
  change: ITaskChange
): IGraph['states'] {
  const { task_id, state, try_number, start_date, end_date, reason } = change;
  const before = states[task_id] ?? NEW_TASK;
  const duration = secondsBetween(start_date, end_date);
  const after = {
    ...before,
    state,
    try_number,
    start_date,
    end_date,
    reason,
    duration
  };
  return { ...states, [task_id]: after };
}

/** How many tasks are in each state; tasks without one count as "none". */
export function countStates(graph: IGraph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { task_id } of graph.nodes) {
    const state = graph.states[task_id]?.state ?? 'none';
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}
