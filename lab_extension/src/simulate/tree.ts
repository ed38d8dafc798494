/** A simulation as a grid: tasks and groups down, runs across. Pure. */
import type {
  ISimulated,
  ISimulatedRun,
  ISimulatedTask
} from '../api/automation-types';
import type { IGraph } from '../api/types';

export interface ITreeRow {
  id: string;
  label: string;
  depth: number;
  isGroup: boolean;
  /** The open groups around it, from the outermost. */
  path: readonly string[];
}

export interface ITreeColumn {
  run: ISimulatedRun;
  /** Seconds from its first to its last task; null = it did not end. */
  took: number | null;
  /** It was due before the simulation begins. */
  isCatchUp: boolean;
}

export interface ITreeCell {
  state: string;
  /** Some try before the last one failed. */
  isRetried: boolean;
  isLate: boolean;
  tasks: readonly ISimulatedTask[];
}

export interface ITree {
  rows: readonly ITreeRow[];
  columns: readonly ITreeColumn[];
  cell: (row: ITreeRow, column: number) => ITreeCell | null;
}

/** Which state stands for many: the first that one of them has. */
const FOREMOST = [
  'failed',
  'upstream_failed',
  'running',
  'up_for_retry',
  'up_for_reschedule',
  'queued',
  'scheduled',
  'deferred',
  'none',
  'success',
  'skipped',
  'removed'
];

interface IBranch {
  row: ITreeRow;
  below: IBranch[];
}

/** All rows in the order in which tasks follow each other, each group with what is in it. */
export function treeRows(
  graph: Pick<IGraph, 'nodes' | 'groups'>,
  isClosed: ReadonlySet<string>
): ITreeRow[] {
  const groups = new Map(graph.groups.map(one => [one.group_id, one]));
  const branches = new Map<string, IBranch>();
  const top: IBranch[] = [];
  const listOf = (group: string | null): [IBranch[], readonly string[]] => {
    const found = group === null ? undefined : groups.get(group);
    if (!found) {
      return [top, []];
    }
    let branch = branches.get(found.group_id);
    if (!branch) {
      const [list, path] = listOf(found.parent);
      branch = branchOf(found.group_id, found.label, true, path);
      branches.set(found.group_id, branch);
      list.push(branch);
    }
    return [branch.below, [...branch.row.path, found.group_id]];
  };
  for (const node of graph.nodes) {
    const [list, path] = listOf(node.group);
    list.push(branchOf(node.task_id, node.label, false, path));
  }
  return flat(top).filter(row => !row.path.some(id => isClosed.has(id)));
}

function branchOf(
  id: string,
  label: string,
  isGroup: boolean,
  path: readonly string[]
): IBranch {
  return { row: { id, label, depth: path.length, isGroup, path }, below: [] };
}

function flat(branches: readonly IBranch[]): ITreeRow[] {
  return branches.flatMap(({ row, below }) => [row, ...flat(below)]);
}

/** The grid of a simulation. */
export function treeOf(
  { runs, begin, sla_misses }: ISimulated,
  graph: Pick<IGraph, 'nodes' | 'groups'>,
  isClosed: ReadonlySet<string>
): ITree {
  const inGroup = membersOf(graph);
  const late = new Set(
    sla_misses.map(({ run_id, task_id }) => JSON.stringify([run_id, task_id]))
  );
  const ordered = [...runs].sort(
    (a, b) => Date.parse(a.run_after) - Date.parse(b.run_after)
  );
  const tasks = ordered.map(run => byTask(run.tasks));
  const known = new Map<string, ITreeCell | null>();
  const make = (row: ITreeRow, column: number): ITreeCell | null => {
    const ids = row.isGroup ? (inGroup.get(row.id) ?? []) : [row.id];
    const found = ids.flatMap(id => tasks[column].get(id) ?? []);
    return found.length ? cellOf(ordered[column].run_id, found, late) : null;
  };
  return {
    rows: treeRows(graph, isClosed),
    columns: ordered.map(run => columnOf(run, begin)),
    cell: (row, column) => {
      const key = `${column} ${row.id}`;
      let cell = known.get(key);
      if (cell === undefined) {
        cell = make(row, column);
        known.set(key, cell);
      }
      return cell;
    }
  };
}

function columnOf(run: ISimulatedRun, begin: string): ITreeColumn {
  const took =
    run.start && run.end
      ? (Date.parse(run.end) - Date.parse(run.start)) / 1000
      : null;
  const isCatchUp = Date.parse(run.run_after) < Date.parse(begin);
  return { run, took, isCatchUp };
}

function cellOf(
  runId: string,
  tasks: ISimulatedTask[],
  late: ReadonlySet<string>
): ITreeCell {
  const states = new Set(tasks.map(task => task.state));
  return {
    state: FOREMOST.find(state => states.has(state)) ?? tasks[0].state,
    isRetried: tasks.some(task => task.tries.length > 1),
    isLate: tasks.some(task => late.has(JSON.stringify([runId, task.task_id]))),
    tasks
  };
}

function byTask(
  tasks: readonly ISimulatedTask[]
): Map<string, ISimulatedTask[]> {
  const found = new Map<string, ISimulatedTask[]>();
  for (const task of tasks) {
    const known = found.get(task.task_id);
    if (known) {
      known.push(task);
    } else {
      found.set(task.task_id, [task]);
    }
  }
  return found;
}

function membersOf(
  graph: Pick<IGraph, 'nodes' | 'groups'>
): Map<string, string[]> {
  const parents = new Map(graph.groups.map(one => [one.group_id, one.parent]));
  const found = new Map<string, string[]>();
  for (const node of graph.nodes) {
    for (let id = node.group; id !== null; id = parents.get(id) ?? null) {
      found.set(id, [...(found.get(id) ?? []), node.task_id]);
    }
  }
  return found;
}
