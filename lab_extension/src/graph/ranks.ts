/** Ranks of a layered layout, and the chains of stand-ins that long edges pass through. */

export interface ILayered {
  /** Vertices by rank, real ones first numbered 0..n-1, stand-ins after them. */
  layers: number[][];
  rank: number[];
  up: number[][];
  down: number[][];
  /** Number of real vertices. */
  real: number;
  /** For each edge given, its vertices from source to target. */
  chains: number[][];
}

/** Lay n vertices on ranks so that each edge points downwards; edges of cycles are left out. */
export function layered(
  n: number,
  edges: readonly [number, number][]
): ILayered {
  const rank = longestPaths(n, edges);
  const usable = edges.map(([a, b]) => rank[a] < rank[b]);
  const graph: ILayered = {
    layers: [],
    rank,
    up: [],
    down: [],
    real: n,
    chains: []
  };
  for (let v = 0; v < n; v++) {
    addVertex(graph, v, rank[v]);
  }
  edges.forEach(([a, b], index) => {
    graph.chains.push(usable[index] ? addChain(graph, a, b) : []);
  });
  return graph;
}

function addVertex(graph: ILayered, v: number, rank: number): number {
  graph.rank[v] = rank;
  graph.up[v] = [];
  graph.down[v] = [];
  while (graph.layers.length <= rank) {
    graph.layers.push([]);
  }
  graph.layers[rank].push(v);
  return v;
}

function addChain(graph: ILayered, a: number, b: number): number[] {
  const chain = [a];
  for (let r = graph.rank[a] + 1; r < graph.rank[b]; r++) {
    chain.push(addVertex(graph, graph.rank.length, r));
  }
  chain.push(b);
  for (let i = 1; i < chain.length; i++) {
    graph.down[chain[i - 1]].push(chain[i]);
    graph.up[chain[i]].push(chain[i - 1]);
  }
  return chain;
}

/** The longest way from a source to each vertex; sources sit right above their first child. */
function longestPaths(n: number, edges: readonly [number, number][]): number[] {
  const rank = new Array<number>(n).fill(0);
  const open = new Array<number>(n).fill(0);
  const children: number[][] = Array.from({ length: n }, () => []);
  for (const [a, b] of edges) {
    children[a].push(b);
    open[b]++;
  }
  const isSource = open.map(count => count === 0);
  const queue = [...rank.keys()].filter(v => isSource[v]);
  for (let head = 0; head < queue.length; head++) {
    for (const child of children[queue[head]]) {
      rank[child] = Math.max(rank[child], rank[queue[head]] + 1);
      if (--open[child] === 0) {
        queue.push(child);
      }
    }
  }
  for (let v = 0; v < n; v++) {
    if (isSource[v] && children[v].length) {
      rank[v] =
        children[v].reduce((least, c) => Math.min(least, rank[c]), Infinity) -
        1;
    }
  }
  return rank.map(r => Math.max(0, r));
}
