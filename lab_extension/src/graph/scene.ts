/** What the canvas draws: positions with words and colours, no data of the server. */
import type { IGraph, ITaskNode, ITaskState } from '../api/types';
import {
  hasEnded,
  type StateName,
  stateName,
  stateWords
} from '../words/states';
import { duration, elapsed, tryWords, until } from '../words/time';
import { countsLine, GROUP_KIND } from './groups';
import type { IGroupBox, ILayout, IPoint } from './layout';

export interface ISceneNode extends IPoint {
  id: string;
  /** What is written on it: `load`, `load [12]`. */
  name: string;
  /** It stands for several: a mapped task or a closed group. */
  isStack: boolean;
  isGroup: boolean;
  kind: string;
  state: StateName;
  line: string;
  /** For screen readers: "name, state". */
  label: string;
}

export interface ISceneEdge {
  from: string;
  to: string;
  points: IPoint[];
  text?: string;
}

/** An open group: a box with a head that closes it. */
export interface ISceneGroup extends IGroupBox {
  name: string;
  /** For screen readers. */
  label: string;
}

export interface IScene {
  nodes: ISceneNode[];
  byId: Map<string, ISceneNode>;
  edges: ISceneEdge[];
  groups: ISceneGroup[];
  width: number;
  height: number;
  nodeWidth: number;
  /** Something ticks: a task runs or a retry comes nearer. */
  ticks: boolean;
}

const RULES: Record<string, string> = {
  all_done: 'when all ended',
  all_failed: 'when all failed',
  one_success: 'after one success',
  one_failed: 'after one failure',
  one_done: 'when one ended',
  none_failed: 'when none failed',
  always: 'at once'
};

export function buildScene(graph: IGraph, layout: ILayout, now: Date): IScene {
  const waits = waitingFor(graph);
  const nodes = graph.nodes.flatMap(task => {
    const place = layout.nodes.get(task.task_id);
    const info = graph.states[task.task_id];
    return place
      ? [sceneNode(task, info, place, graph.run ? waits : null, now)]
      : [];
  });
  return {
    nodes,
    byId: new Map(nodes.map(node => [node.id, node])),
    edges: layout.edges.map(edge => ({
      ...edge,
      text: graph.edge_labels[edge.from]?.[edge.to]
    })),
    groups: layout.groups.map(box => sceneGroup(box, graph)),
    width: layout.width,
    height: layout.height,
    nodeWidth: layout.nodeWidth,
    ticks: nodes.some(
      node => node.state === 'running' || node.state === 'up_for_retry'
    )
  };
}

function sceneNode(
  task: ITaskNode,
  info: ITaskState | undefined,
  place: IPoint,
  waits: Map<string, number> | null,
  now: Date
): ISceneNode {
  const state = info?.state ?? null;
  return {
    id: task.task_id,
    name: nodeName(task, info),
    isStack: task.is_mapped || task.kind === GROUP_KIND,
    isGroup: task.kind === GROUP_KIND,
    kind: task.kind,
    state: stateName(state),
    x: place.x,
    y: place.y,
    line: info?.counts
      ? countsLine(info.counts)
      : info && state
        ? stateLine(info, now)
        : waitingLine(task, waits),
    label: `${task.task_id}, ${waits ? stateWords(state).toLowerCase() : task.operator}`
  };
}

function sceneGroup(box: IGroupBox, graph: IGraph): ISceneGroup {
  const group = graph.groups.find(each => each.group_id === box.id);
  const name = group?.label ?? box.id;
  return { ...box, name, label: `Group ${box.id}, open` };
}

/** A mapped task says how many there are, as soon as that is known. */
function nodeName(task: ITaskNode, info: ITaskState | undefined): string {
  if (!task.is_mapped) {
    return task.label;
  }
  const counts = Object.values(info?.counts ?? {});
  const total = counts.reduce((sum, n) => sum + n, 0);
  return task.kind === GROUP_KIND
    ? `${task.label} [ ]`
    : `${task.label} [${total || ' '}]`;
}

/** The second line of a task that has a state. */
export function stateLine(info: ITaskState, now: Date): string {
  switch (info.state) {
    case 'success':
      return duration(info.duration) || 'success';
    case 'running':
      return info.start_date ? elapsed(age(info.start_date, now)) : 'running';
    case 'failed':
      return info.max_tries > 0 ? `failed, ${tryWords(info)}` : 'failed';
    case 'up_for_retry':
      return info.retry_at
        ? `retry ${until(info.retry_at, now)}`
        : 'waits for a retry';
    default:
      return stateWords(info.state).toLowerCase();
  }
}

function waitingLine(
  task: ITaskNode,
  waits: Map<string, number> | null
): string {
  if (!waits) {
    return task.operator;
  }
  if (RULES[task.trigger_rule]) {
    return RULES[task.trigger_rule];
  }
  const n = waits.get(task.task_id);
  return n ? `waiting for ${n}` : 'not started';
}

/** How many direct upstream tasks of each task have not ended. */
function waitingFor(graph: IGraph): Map<string, number> {
  const waits = new Map<string, number>();
  for (const [from, to] of graph.edges) {
    if (!hasEnded(graph.states[from]?.state)) {
      waits.set(to, (waits.get(to) ?? 0) + 1);
    }
  }
  return waits;
}

function age(start: string, now: Date): number {
  return (now.getTime() - Date.parse(start)) / 1000;
}
