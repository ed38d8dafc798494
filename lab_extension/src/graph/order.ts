/** The order of vertices within their ranks: few crossings. */
import type { ILayered } from './ranks';

const SWEEPS = 12;

/** Reorder `graph.layers` in place by barycenter sweeps, keeping the best order seen. */
export function orderLayers(graph: ILayered): void {
  startDepthFirst(graph);
  let best = copy(graph.layers);
  let fewest = crossings(graph);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    sweepOnce(graph, sweep % 2 === 0);
    const count = crossings(graph);
    if (count < fewest) {
      fewest = count;
      best = copy(graph.layers);
    }
  }
  graph.layers = best;
}

/** The number of pairs of edges that cross between neighbouring ranks. */
export function crossings(graph: ILayered): number {
  let sum = 0;
  for (let r = 1; r < graph.layers.length; r++) {
    sum += crossingsBetween(graph, graph.layers[r - 1], graph.layers[r]);
  }
  return sum;
}

/** Neighbours that are met one after the other start side by side. */
function startDepthFirst(graph: ILayered): void {
  const seen = new Set<number>();
  const fresh: number[][] = graph.layers.map(() => []);
  const roots = graph.layers.flat().filter(v => !graph.up[v].length);
  const stack = roots.reverse();
  while (stack.length) {
    const v = stack.pop() as number;
    if (!seen.has(v)) {
      seen.add(v);
      fresh[graph.rank[v]].push(v);
      stack.push(...[...graph.down[v]].reverse());
    }
  }
  graph.layers = fresh;
}

function sweepOnce(graph: ILayered, downwards: boolean): void {
  const { layers } = graph;
  const neighbours = downwards ? graph.up : graph.down;
  const place = places(layers, graph.rank.length);
  const order = [...layers.keys()];
  for (const r of downwards ? order : order.reverse()) {
    const weight = layers[r].map((v, i) => barycenter(neighbours[v], place, i));
    const sorted = [...layers[r].keys()].sort((i, j) => weight[i] - weight[j]);
    layers[r] = sorted.map(i => layers[r][i]);
    layers[r].forEach((v, i) => (place[v] = i));
  }
}

function barycenter(
  neighbours: number[],
  place: Float64Array,
  fallback: number
): number {
  if (!neighbours.length) {
    return fallback;
  }
  let sum = 0;
  for (const v of neighbours) {
    sum += place[v];
  }
  return sum / neighbours.length;
}

/** Counted with a Fenwick tree over the lower rank, edges taken in order of the upper one. */
function crossingsBetween(
  graph: ILayered,
  upper: number[],
  lower: number[]
): number {
  const place = new Map(lower.map((v, i) => [v, i]));
  const tree = new Int32Array(lower.length + 1);
  let total = 0;
  let sum = 0;
  for (const v of upper) {
    const ends = graph.down[v]
      .map(w => place.get(w) as number)
      .sort((a, b) => a - b);
    for (const end of ends) {
      sum += total - prefix(tree, end + 1);
    }
    for (const end of ends) {
      add(tree, end + 1);
      total++;
    }
  }
  return sum;
}

function prefix(tree: Int32Array, index: number): number {
  let sum = 0;
  for (let i = index; i > 0; i -= i & -i) {
    sum += tree[i];
  }
  return sum;
}

function add(tree: Int32Array, index: number): void {
  for (let i = index; i < tree.length; i += i & -i) {
    tree[i]++;
  }
}

function places(layers: number[][], size: number): Float64Array {
  const place = new Float64Array(size);
  for (const layer of layers) {
    layer.forEach((v, i) => (place[v] = i));
  }
  return place;
}

function copy(layers: number[][]): number[][] {
  return layers.map(layer => [...layer]);
}
