/** Where vertices stand along their rank: near their neighbours, never too close. */
import type { ILayered } from './ranks';

const PASSES = 10;
/** The last passes look at chains only, so that these end up straight. */
const SETTLING = 14;

export interface ISpacing {
  /** Room that a real vertex takes along its rank, with its gap. */
  node: (v: number) => number;
  /** The same for a stand-in of a long edge. */
  bend: number;
}

/** The middle of each vertex along its rank. */
export function coordinates(graph: ILayered, spacing: ISpacing): Float64Array {
  const x = new Float64Array(graph.rank.length);
  const width = (v: number): number =>
    v < graph.real ? spacing.node(v) : spacing.bend;
  for (const layer of graph.layers) {
    spread(layer, x, width);
  }
  const order = [...graph.layers.keys()];
  for (let pass = 0; pass < PASSES; pass++) {
    const downwards = pass % 2 === 0;
    for (const r of downwards ? order : [...order].reverse()) {
      const neighbours = downwards ? graph.up : graph.down;
      alignLayer(graph, graph.layers[r], neighbours, x, width);
    }
  }
  const links = chainLinks(graph);
  for (let pass = 0; pass < SETTLING; pass++) {
    for (const r of pass % 2 ? [...order].reverse() : order) {
      alignLayer(graph, graph.layers[r], links, x, width);
    }
  }
  return x;
}

/** For each vertex, the neighbours to which it is the only one on its side. */
function chainLinks(graph: ILayered): number[][] {
  const { up, down } = graph;
  return up.map((above, v) => [
    ...(above.length === 1 && down[above[0]].length === 1 ? above : []),
    ...(down[v].length === 1 && up[down[v][0]].length === 1 ? down[v] : [])
  ]);
}

function spread(
  layer: number[],
  x: Float64Array,
  width: (v: number) => number
): void {
  let end = 0;
  for (const v of layer) {
    x[v] = end + width(v) / 2;
    end += width(v);
  }
  for (const v of layer) {
    x[v] -= end / 2;
  }
}

/** Least squares under "keep the order and the distances": isotonic regression of x - offset. */
function alignLayer(
  graph: ILayered,
  layer: number[],
  neighbours: number[][],
  x: Float64Array,
  width: (v: number) => number
): void {
  let offset = 0;
  const offsets = layer.map((v, i) => {
    offset += i ? (width(layer[i - 1]) + width(v)) / 2 : 0;
    return offset;
  });
  const wanted = layer.map(
    (v, i) => desired(neighbours[v], x, x[v]) - offsets[i]
  );
  const weights = layer.map(v => weight(graph, v, neighbours[v]));
  const fitted = isotonic(wanted, weights);
  layer.forEach((v, i) => (x[v] = fitted[i] + offsets[i]));
}

function desired(neighbours: number[], x: Float64Array, own: number): number {
  if (!neighbours.length) {
    return own;
  }
  let sum = 0;
  for (const v of neighbours) {
    sum += x[v];
  }
  return sum / neighbours.length;
}

/** Long edges pull hardest, so that they run straight; loose ends give way. */
function weight(graph: ILayered, v: number, neighbours: number[]): number {
  if (v >= graph.real) {
    return 4;
  }
  return neighbours.length ? 1 : 0.05;
}

/** The non-decreasing sequence nearest to `values`, by pooling adjacent violators. */
export function isotonic(
  values: readonly number[],
  weights: readonly number[]
): number[] {
  const means: number[] = [];
  const sums: number[] = [];
  const sizes: number[] = [];
  values.forEach((value, i) => {
    let mean = value;
    let sum = weights[i];
    let size = 1;
    while (means.length && means[means.length - 1] > mean) {
      const w = sums.pop() as number;
      mean = (mean * sum + (means.pop() as number) * w) / (sum + w);
      sum += w;
      size += sizes.pop() as number;
    }
    means.push(mean);
    sums.push(sum);
    sizes.push(size);
  });
  return means.flatMap((mean, i) => new Array<number>(sizes[i]).fill(mean));
}
