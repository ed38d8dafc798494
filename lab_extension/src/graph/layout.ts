/** From tasks and dependencies to positions; runs in a worker, knows nothing of Lab. */
import { coordinates } from './coordinates';
import { orderLayers } from './order';
import { components, type IPart, pack } from './pack';
import { layered } from './ranks';

export const NODE_HEIGHT = 40;
const LEAST_WIDTH = 144;
const MOST_WIDTH = 248;
/** Room for the mark and the margins, and for each letter: of a name, of the line below it. */
const NAME = { beside: 44, letter: 7.4 };
const LINE = { beside: 58, letter: 6.2 };
const GAP = 20;
const BEND = 24;
const RANK_HEIGHT = 92;

export interface ILayoutRequest {
  ids: string[];
  edges: [string, string][];
  /** What may stand below the names. */
  lines?: string[];
}

export interface IPoint {
  x: number;
  y: number;
}

/** Nodes by their upper left corner; edges as the points they pass, from edge to edge. */
export interface ILayout {
  nodes: Map<string, IPoint>;
  edges: { from: string; to: string; points: IPoint[] }[];
  width: number;
  height: number;
  nodeWidth: number;
}

/** Lay a graph out, its upper left corner at 0, 0; parts without edges between them go in rows. */
export function layout({ ids, edges, lines = [] }: ILayoutRequest): ILayout {
  const known = new Set(ids);
  const usable = edges.filter(
    ([a, b]) => known.has(a) && known.has(b) && a !== b
  );
  const nodeWidth = Math.max(widthFor(ids, NAME), widthFor(lines, LINE));
  const parts = components({ ids, edges: usable }).map(part =>
    layoutPart(part, nodeWidth)
  );
  const { corners, width, height } = pack(parts, {
    width: GAP,
    height: RANK_HEIGHT - NODE_HEIGHT
  });
  const moved = parts.map((part, i) => shifted(part, corners[i]));
  return {
    nodes: new Map(moved.flatMap(part => [...part.nodes])),
    edges: moved.flatMap(part => part.edges),
    width,
    height: Math.max(height, NODE_HEIGHT),
    nodeWidth
  };
}

type PartLayout = Omit<ILayout, 'nodeWidth'>;

/** Lay a part out from top to bottom. */
function layoutPart({ ids, edges }: IPart, nodeWidth: number): PartLayout {
  const index = new Map(ids.map((id, i) => [id, i]));
  const pairs = edges.map(([a, b]): [number, number] => [
    index.get(a) as number,
    index.get(b) as number
  ]);
  const graph = layered(ids.length, pairs);
  orderLayers(graph);
  const x = coordinates(graph, { node: nodeWidth + GAP, bend: BEND });
  const left =
    x.reduce((least, value) => Math.min(least, value), 0) - nodeWidth / 2;
  const right =
    x.reduce((most, value) => Math.max(most, value), 0) + nodeWidth / 2;
  const middle = (v: number): IPoint => ({
    x: Math.round(x[v] - left),
    y: graph.rank[v] * RANK_HEIGHT + NODE_HEIGHT / 2
  });
  return {
    nodes: new Map(ids.map((id, v) => [id, corner(middle(v), nodeWidth)])),
    edges: edges.map(([from, to], i) => ({
      from,
      to,
      points: route(graph.chains[i].map(middle))
    })),
    width: right - left,
    height: (graph.layers.length - 1) * RANK_HEIGHT + NODE_HEIGHT
  };
}

function shifted(part: PartLayout, by: IPoint): PartLayout {
  const move = (point: IPoint): IPoint => ({
    x: Math.round(point.x + by.x),
    y: point.y + by.y
  });
  return {
    ...part,
    nodes: new Map([...part.nodes].map(([id, point]) => [id, move(point)])),
    edges: part.edges.map(edge => ({ ...edge, points: edge.points.map(move) }))
  };
}

/** Wide enough for the longest text, within bounds. */
function widthFor(texts: string[], font: typeof NAME): number {
  const letters = texts.reduce((most, text) => Math.max(most, text.length), 0);
  const width = Math.round(font.beside + letters * font.letter);
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width));
}

function corner(middle: IPoint, nodeWidth: number): IPoint {
  return { x: middle.x - nodeWidth / 2, y: middle.y - NODE_HEIGHT / 2 };
}

/** Leave the first node at its lower side, reach the last one at its upper side. */
function route(middles: IPoint[]): IPoint[] {
  const last = middles.length - 1;
  return middles.flatMap(({ x, y }, i) => {
    const above = { x, y: y - NODE_HEIGHT / 2 };
    const below = { x, y: y + NODE_HEIGHT / 2 };
    if (i === 0) {
      return [below];
    }
    return i === last ? [above] : [above, below];
  });
}
