/** Task groups: which are open, and the graph that is shown then. Pure. */
import type { IGraph, IGroup, ITaskNode, ITaskState } from '../api/types';
import { hasEnded } from '../words/states';
import { count } from '../words/time';
import type { IOpenGroup } from './layout';

/** Larger DAGs begin with their groups closed. */
const MOST_OPEN = 40;
export const GROUP_KIND = 'group';
/** Which state stands for many: the first that one of them has. */
const FOREMOST = [
  'failed',
  'upstream_failed',
  'up_for_retry',
  'running',
  'restarting',
  'queued',
  'up_for_reschedule',
  'deferred',
  'scheduled',
  'none',
  'success',
  'skipped',
  'removed'
];

export interface IShownGraph {
  /** Closed groups are nodes of it, of the kind `group`. */
  graph: IGraph;
  open: IOpenGroup[];
}

/** The groups that are open at first. */
export function openAtFirst(graph: IGraph): Set<string> {
  const isSmall = graph.nodes.length <= MOST_OPEN;
  return new Set(isSmall ? graph.groups.map(group => group.group_id) : []);
}

/** The graph with every group that is not open as one node. */
export function shownGraph(
  graph: IGraph,
  isOpen: ReadonlySet<string>
): IShownGraph {
  if (!graph.groups.length) {
    return { graph, open: [] };
  }
  const groups = new Map(graph.groups.map(group => [group.group_id, group]));
  const shownAs = (task: ITaskNode): string => {
    const closed = pathTo(groups, task.group).find(id => !isOpen.has(id));
    return closed ?? task.task_id;
  };
  const names = new Map(graph.nodes.map(task => [task.task_id, shownAs(task)]));
  const members = new Map<string, ITaskNode[]>();
  for (const task of graph.nodes) {
    const name = names.get(task.task_id) as string;
    members.set(name, [...(members.get(name) ?? []), task]);
  }
  const nodes: ITaskNode[] = [];
  const states: Record<string, ITaskState> = {};
  for (const [name, tasks] of members) {
    const group = name === tasks[0].task_id ? null : groups.get(name);
    nodes.push(group ? groupNode(group, tasks) : tasks[0]);
    const state = group
      ? groupState(tasks, graph.states)
      : graph.states[tasks[0].task_id];
    if (state) {
      states[name] = state;
    }
  }
  return {
    graph: { ...graph, nodes, states, edges: edgesBetween(graph, names) },
    open: openGroups(groups, isOpen, nodes)
  };
}

/** The tasks whose name contains the words, in the order of the DAG; none for no words. */
export function findTasks(graph: IGraph, query: string): ITaskNode[] {
  const words = query.trim().toLowerCase();
  return words
    ? graph.nodes.filter(({ task_id }) => task_id.toLowerCase().includes(words))
    : [];
}

/** The groups that must be open for a task to be seen, from the outermost. */
export function groupsAround(graph: IGraph, task: ITaskNode): string[] {
  const groups = new Map(graph.groups.map(group => [group.group_id, group]));
  return pathTo(groups, task.group);
}

/** The groups around something, from the outermost to `group`. */
function pathTo(
  groups: ReadonlyMap<string, IGroup>,
  group: string | null
): string[] {
  const path: string[] = [];
  for (let id = group; id !== null; id = groups.get(id)?.parent ?? null) {
    path.unshift(id);
  }
  return path;
}

function edgesBetween(
  graph: IGraph,
  names: ReadonlyMap<string, string>
): [string, string][] {
  const found = new Map<string, [string, string]>();
  for (const [from, to] of graph.edges) {
    const edge: [string, string] = [
      names.get(from) ?? from,
      names.get(to) ?? to
    ];
    if (edge[0] !== edge[1]) {
      found.set(JSON.stringify(edge), edge);
    }
  }
  return [...found.values()];
}

function openGroups(
  groups: ReadonlyMap<string, IGroup>,
  isOpen: ReadonlySet<string>,
  nodes: readonly ITaskNode[]
): IOpenGroup[] {
  const found = new Map<string, IOpenGroup>();
  for (const node of nodes) {
    let item = node.task_id;
    const path = pathTo(groups, node.group);
    for (const id of path.filter(one => isOpen.has(one)).reverse()) {
      const group = found.get(id) ?? { id, items: [] };
      if (!group.items.includes(item)) {
        group.items.push(item);
      }
      found.set(id, group);
      item = id;
    }
  }
  return [...found.values()];
}

function groupNode(group: IGroup, tasks: readonly ITaskNode[]): ITaskNode {
  return {
    task_id: group.group_id,
    label: group.label,
    group: group.parent,
    operator: count(tasks.length, 'task'),
    kind: GROUP_KIND,
    description: group.tooltip,
    trigger_rule: 'all_success',
    is_mapped: group.is_mapped,
    is_setup: false,
    is_teardown: false,
    triggers_dag: null
  };
}

function groupState(
  tasks: readonly ITaskNode[],
  states: IGraph['states']
): ITaskState | undefined {
  const known = tasks.flatMap(task => states[task.task_id] ?? []);
  if (!known.length) {
    return undefined;
  }
  const counts: Record<string, number> = {};
  for (const { state } of known) {
    const name = state ?? 'none';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  const state = FOREMOST.find(one => counts[one]) ?? 'none';
  return {
    ...known[0],
    state: state === 'none' ? null : state,
    reason: null,
    retry_at: null,
    duration: null,
    counts
  };
}

/** "3 of 5 done, 1 failed": how many there are of what, of a mapped task or a closed group. */
export function countsLine(counts: Record<string, number>): string {
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const ended = Object.entries(counts)
    .filter(([state]) => hasEnded(state))
    .reduce((sum, [, n]) => sum + n, 0);
  const failed = (counts.failed ?? 0) + (counts.upstream_failed ?? 0);
  const done =
    ended === total ? `all ${total} done` : `${ended} of ${total} done`;
  return failed ? `${done}, ${failed} failed` : done;
}
