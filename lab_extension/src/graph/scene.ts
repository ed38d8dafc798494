/** What the canvas draws: positions with words and colours, no data of the server. */
import type { IGraph, ITaskNode, ITaskState } from '../api/types';
import {
  hasEnded,
  type StateName,
  stateName,
  stateWords
} from '../words/states';
import { duration, elapsed, tryWords, until } from '../words/time';
import type { ILayout, IPoint } from './layout';

export interface ISceneNode extends IPoint {
  id: string;
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
}

export interface IScene {
  nodes: ISceneNode[];
  byId: Map<string, ISceneNode>;
  edges: ISceneEdge[];
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
    edges: layout.edges,
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
    kind: task.kind,
    state: stateName(state),
    x: place.x,
    y: place.y,
    line: info && state ? stateLine(info, now) : waitingLine(task, waits),
    label: `${task.task_id}, ${waits ? stateWords(state).toLowerCase() : task.operator}`
  };
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
