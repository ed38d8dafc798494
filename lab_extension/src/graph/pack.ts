/** Parts of a graph that hang together, and how they share the plane. */
import type { IPoint } from './layout';

export interface IPart {
  ids: string[];
  edges: [string, string][];
}

export interface IBox {
  width: number;
  height: number;
}

/** A plane of parts is this much wider than high. */
const ASPECT = 1.8;

/** Split a graph into parts without edges between them, by their first tasks. */
export function components({ ids, edges }: IPart): IPart[] {
  const leader = new Map(ids.map(id => [id, id]));
  const find = (id: string): string => {
    let top = id;
    for (let next = leader.get(top); next !== top; next = leader.get(top)) {
      top = next as string;
    }
    leader.set(id, top);
    return top;
  };
  for (const [a, b] of edges) {
    leader.set(find(b), find(a));
  }
  const parts = new Map<string, IPart>();
  const partOf = (id: string): IPart => {
    const top = find(id);
    const part = parts.get(top) ?? { ids: [], edges: [] };
    parts.set(top, part);
    return part;
  };
  ids.forEach(id => partOf(id).ids.push(id));
  edges.forEach(edge => partOf(edge[0]).edges.push(edge));
  return [...parts.values()];
}

/**
 * Where the boxes go, in rows from left to right, and how large all of them are.
 * A row is used up to `row`, be the plane ever so flat then.
 */
export function pack(
  boxes: readonly IBox[],
  gap: IBox,
  row = 0
): IBox & { corners: IPoint[] } {
  const area = boxes.reduce(
    (sum, box) => sum + (box.width + gap.width) * (box.height + gap.height),
    0
  );
  const widest = boxes.reduce((most, box) => Math.max(most, box.width), 0);
  const limit = Math.max(widest, row, Math.sqrt(area * ASPECT));
  const corners: IPoint[] = [];
  let [x, y, width, bottom] = [0, 0, 0, 0];
  for (const box of boxes) {
    if (x > 0 && x + box.width > limit) {
      [x, y] = [0, bottom + gap.height];
    }
    corners.push({ x, y });
    width = Math.max(width, x + box.width);
    bottom = Math.max(bottom, y + box.height);
    x += box.width + gap.width;
  }
  return { corners, width, height: bottom };
}
