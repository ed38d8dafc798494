/** How live changes alter what is shown: pure functions from old data to new. */
import type {
  Change,
  IDag,
  IDagRunV2,
  IGraph,
  IImportError,
  IImportErrorChange,
  IRun,
  IRunChange,
  IRunSummary,
  ITaskChange,
  ITaskState
} from '../api/types';

/** Seconds between two moments, or null while one is missing. */
export function secondsBetween(
  start: string | null,
  end: string | null
): number | null {
  return start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : null;
}

/** The rows after a change, by DAG id: DAGs come, go, and become others. */
export function reduceRows(rows: readonly IDag[], change: Change): IDag[] {
  if (change.kind === 'dag' && change.event === 'removed') {
    return rows.filter(row => row.dag_id !== change.dag_id);
  }
  if (
    change.kind === 'dag_row' &&
    !rows.some(row => row.dag_id === change.dag_id)
  ) {
    return sortedBy([...rows, change.row], each => each.dag_id);
  }
  return rows.map(row => reduceDag(row, change));
}

/** A DAG after a change of itself, of one of its runs, or of its switch. */
export function reduceDag<Row extends IDag>(row: Row, change: Change): Row {
  if (!('dag_id' in change) || change.dag_id !== row.dag_id) {
    return row;
  }
  switch (change.kind) {
    case 'dag_run':
      return reduceRun(row, change);
    case 'dag_row':
      return { ...row, ...change.row };
    case 'dag':
      return change.event === 'paused' || change.event === 'unpaused'
        ? { ...row, is_paused: change.event === 'paused' }
        : row;
    default:
      return row;
  }
}

/** The import errors after that of one file came, changed or went. */
export function reduceErrors(
  errors: readonly IImportError[],
  { filename, error }: IImportErrorChange
): IImportError[] {
  const others = errors.filter(each => each.filename !== filename);
  return error ? sortedBy([...others, error], each => each.filename) : others;
}

function sortedBy<T>(items: T[], key: (item: T) => string): T[] {
  return items.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function reduceRun<Row extends IDag>(row: Row, change: IRunChange): Row {
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
  change: Change
): readonly IDagRunV2[] {
  if (change.kind !== 'dag_run') {
    return runs;
  }
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
      concerns(change, dagId, run.run_id) &&
      !isMapped(result, change.task_id)
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

/** Whether a task has many instances: their counts are read, not told by changes. */
export function isMapped(graph: IGraph, taskId: string): boolean {
  return graph.nodes.some(node => node.task_id === taskId && node.is_mapped);
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
  const { task_id, start_date, end_date } = change;
  const after: ITaskState = {
    state: change.state,
    try_number: change.try_number,
    max_tries: change.max_tries,
    start_date,
    end_date,
    duration: secondsBetween(start_date, end_date),
    reason: change.reason,
    retry_at: change.retry_at,
    counts: null
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
