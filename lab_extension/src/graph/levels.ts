/** One level of a graph: boxes of any size, laid out from top to bottom. */
import { coordinates } from './coordinates';
import type { IPoint } from './layout';
import { orderLayers } from './order';
import { components, type IBox, type IPart, pack } from './pack';
import { layered } from './ranks';

const GAP = 20;
const BEND = 24;
const RANK_GAP = 52;
/** So many tasks that do not wait for each other stand in one row at least. */
const SIDE_BY_SIDE = 5;

export interface ILevel extends IBox {
  /** Upper left corners of the boxes. */
  corners: Map<string, IPoint>;
  /** The points that each edge passes between its ends, by JSON of the pair. */
  routes: Map<string, IPoint[]>;
}

/** Lay boxes out; parts without edges between them go in rows. */
export function layoutLevel(
  { ids, edges }: IPart,
  size: (id: string) => IBox,
  nodeWidth: number
): ILevel {
  const parts = components({ ids, edges }).map(part =>
    layoutPart(part, size, nodeWidth)
  );
  const gap = { width: GAP, height: RANK_GAP };
  const row = SIDE_BY_SIDE * (nodeWidth + GAP);
  const { corners, width, height } = pack(parts, gap, row);
  const moved = parts.map((part, i) => shifted(part, corners[i]));
  return {
    corners: new Map(moved.flatMap(part => [...part.corners])),
    routes: new Map(moved.flatMap(part => [...part.routes])),
    width,
    height
  };
}

function layoutPart(
  { ids, edges }: IPart,
  size: (id: string) => IBox,
  nodeWidth: number
): ILevel {
  const sizes = ids.map(size);
  const index = new Map(ids.map((id, i) => [id, i]));
  const pairs = edges.map(([a, b]): [number, number] => [
    index.get(a) as number,
    index.get(b) as number
  ]);
  const graph = layered(ids.length, pairs);
  orderLayers(graph);
  const x = coordinates(graph, {
    node: v => sizes[v].width + GAP,
    bend: BEND
  });
  const half = (v: number): number => (sizes[v]?.width ?? nodeWidth) / 2;
  const left = x.reduce((least, at, v) => Math.min(least, at - half(v)), 0);
  const right = x.reduce((most, at, v) => Math.max(most, at + half(v)), 0);
  const heights = graph.layers.map(layer =>
    layer.reduce((most, v) => Math.max(most, sizes[v]?.height ?? 0), 0)
  );
  const tops = heights.map((_, r) =>
    heights.slice(0, r).reduce((sum, each) => sum + each + RANK_GAP, 0)
  );
  const corners = new Map(
    ids.map((id, v) => {
      const r = graph.rank[v];
      const { width, height } = sizes[v];
      return [
        id,
        {
          x: Math.round(x[v] - left) - width / 2,
          y: tops[r] + (heights[r] - height) / 2
        }
      ];
    })
  );
  const routes = new Map<string, IPoint[]>();
  edges.forEach((edge, i) => {
    const chain = graph.chains[i];
    if (chain.length) {
      const bends = chain.slice(1, -1).flatMap(v => {
        const r = graph.rank[v];
        const at = Math.round(x[v] - left);
        return [
          { x: at, y: tops[r] },
          { x: at, y: tops[r] + heights[r] }
        ];
      });
      routes.set(JSON.stringify(edge), bends);
    }
  });
  const last = heights.length - 1;
  return {
    corners,
    routes,
    width: right - left,
    height: tops[last] + heights[last]
  };
}

function shifted(part: ILevel, by: IPoint): ILevel {
  const move = ({ x, y }: IPoint): IPoint => ({
    x: Math.round(x + by.x),
    y: y + by.y
  });
  return {
    ...part,
    corners: new Map([...part.corners].map(([id, at]) => [id, move(at)])),
    routes: new Map([...part.routes].map(([key, at]) => [key, at.map(move)]))
  };
}
