import { describe, expect, it } from 'vitest';

import { isotonic } from '../src/graph/coordinates';
import { layout, NODE_HEIGHT } from '../src/graph/layout';
import { crossings, orderLayers } from '../src/graph/order';
import { layered } from '../src/graph/ranks';

type Edge = [string, string];

/** A graph that is the same at each run: each node points to some that come later. */
function someGraph(n: number): { ids: string[]; edges: Edge[] } {
  const ids = Array.from({ length: n }, (_, i) => `task_${i}`);
  const edges: Edge[] = [];
  let seed = 7;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < 2; k++) {
      seed = (seed * 16807) % 2147483647;
      const target = i + 1 + (seed % 12);
      if (target < n) {
        edges.push([ids[i], ids[target]]);
      }
    }
  }
  return { ids, edges };
}

describe('ranks', () => {
  it('each edge points downwards', () => {
    const edges: [number, number][] = [
      [0, 1],
      [1, 2],
      [0, 2]
    ];
    const graph = layered(3, edges);
    expect(graph.rank.slice(0, 3)).toEqual([0, 1, 2]);
    expect(graph.chains[2]).toHaveLength(3);
  });

  it('a source sits right above its first child', () => {
    const graph = layered(4, [
      [0, 1],
      [1, 2],
      [3, 2]
    ]);
    expect(graph.rank[3]).toBe(1);
  });

  it('a cycle is left out instead of never ending', () => {
    const graph = layered(2, [
      [0, 1],
      [1, 0]
    ]);
    expect(graph.chains.every(chain => chain.length === 0)).toBe(true);
  });
});

describe('order', () => {
  it('removes crossings that need not be', () => {
    const graph = layered(4, [
      [0, 3],
      [1, 2]
    ]);
    orderLayers(graph);
    expect(crossings(graph)).toBe(0);
  });

  it('counts a crossing', () => {
    const graph = layered(4, [
      [0, 3],
      [1, 2]
    ]);
    expect(crossings(graph)).toBe(1);
  });
});

describe('isotonic regression', () => {
  it('pools what is out of order, by weight', () => {
    expect(isotonic([3, 1, 5], [1, 1, 1])).toEqual([2, 2, 5]);
    expect(isotonic([4, 1], [3, 1])).toEqual([3.25, 3.25]);
  });
});

describe('layout', () => {
  it('places every node, and none over another', () => {
    const request = someGraph(300);
    const { nodes, nodeWidth } = layout(request);
    const rows = new Map<number, number[]>();
    for (const { x, y } of nodes.values()) {
      rows.set(y, [...(rows.get(y) ?? []), x]);
    }
    expect(nodes.size).toBe(300);
    for (const xs of rows.values()) {
      const sorted = xs.sort((a, b) => a - b);
      const gaps = sorted.slice(1).map((x, i) => x - sorted[i]);
      expect(gaps.every(gap => gap >= nodeWidth)).toBe(true);
    }
  });

  it('edges leave below their source and end above their target', () => {
    const { nodes, edges } = layout(someGraph(40));
    for (const { from, to, points } of edges) {
      expect(points[0].y).toBe((nodes.get(from)?.y ?? 0) + NODE_HEIGHT);
      expect(points[points.length - 1].y).toBe(nodes.get(to)?.y);
    }
  });

  it('a chain runs straight down', () => {
    const ids = ['a', 'b', 'c'];
    const { nodes } = layout({
      ids,
      edges: [
        ['a', 'b'],
        ['b', 'c']
      ]
    });
    expect(new Set([...nodes.values()].map(node => node.x)).size).toBe(1);
  });

  it('starts at the upper left corner and ends at its size', () => {
    const { nodes, width, height, nodeWidth } = layout(someGraph(60));
    const xs = [...nodes.values()].map(node => node.x);
    const ys = [...nodes.values()].map(node => node.y);
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...xs) + nodeWidth).toBeLessThanOrEqual(width + 1);
    expect(Math.max(...ys) + NODE_HEIGHT).toBe(height);
  });

  it('a graph without tasks has no size', () => {
    expect(layout({ ids: [], edges: [] }).nodes.size).toBe(0);
  });

  it('dependencies on unknown tasks are ignored', () => {
    expect(layout({ ids: ['a'], edges: [['a', 'gone']] }).edges).toEqual([]);
  });
});

describe('parts without edges between them', () => {
  const chains = Array.from({ length: 12 }, (_, i) => [`top${i}`, `end${i}`]);
  const plane = layout({
    ids: chains.flat(),
    edges: chains.map(([a, b]): Edge => [a, b])
  });

  it('stand in rows instead of one long line', () => {
    expect(plane.width / plane.height).toBeLessThan(3);
    expect(plane.width / plane.height).toBeGreaterThan(1);
  });

  it('do not overlap', () => {
    const places = [...plane.nodes.values()].map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(24);
    for (const [top, end] of chains) {
      const [above, below] = [plane.nodes.get(top), plane.nodes.get(end)];
      expect(below?.x).toBe(above?.x);
      expect(below?.y).toBeGreaterThan((above?.y ?? 0) + NODE_HEIGHT);
    }
  });
});
