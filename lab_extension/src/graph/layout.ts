/** From tasks and dependencies to positions; runs in a worker, knows nothing of Lab. */
import { layoutLevel, type ILevel } from './levels';

export const NODE_HEIGHT = 40;
/** Inside of an open group: margins, and the line with its name. */
export const GROUP = { margin: 14, head: 26 };
const LEAST_WIDTH = 144;
const MOST_WIDTH = 248;
/** Room for the mark and the margins, and for each letter: of a name, of the line below it. */
const NAME = { beside: 44, letter: 7.4 };
const LINE = { beside: 58, letter: 6.2 };

/** A group that is drawn as a box round what is directly in it: tasks and other open groups. */
export interface IOpenGroup {
  id: string;
  items: string[];
}

export interface ILayoutRequest {
  ids: string[];
  edges: [string, string][];
  /** What the names are measured by, where they are not the ids. */
  names?: string[];
  /** What may stand below the names. */
  lines?: string[];
  groups?: IOpenGroup[];
}

export interface IPoint {
  x: number;
  y: number;
}

export interface IGroupBox extends IPoint {
  id: string;
  width: number;
  height: number;
}

/** Nodes by their upper left corner; edges as the points they pass, from edge to edge. */
export interface ILayout {
  nodes: Map<string, IPoint>;
  edges: { from: string; to: string; points: IPoint[] }[];
  /** Outer ones first. */
  groups: IGroupBox[];
  width: number;
  height: number;
  nodeWidth: number;
}

/** Lay a graph out, its upper left corner at 0, 0; parts without edges between them go in rows. */
export function layout(request: ILayoutRequest): ILayout {
  const { ids, edges, names = ids, lines = [], groups = [] } = request;
  const known = new Set(ids);
  const usable = edges.filter(
    ([a, b]) => known.has(a) && known.has(b) && a !== b
  );
  const nodeWidth = Math.max(widthFor(names, NAME), widthFor(lines, LINE));
  const tree = new Tree(ids, groups);
  const levels = new Map<string | null, ILevel>();
  const measure = (container: string | null): ILevel => {
    const size = (item: string) => {
      if (!tree.isGroup(item)) {
        return { width: nodeWidth, height: NODE_HEIGHT };
      }
      const { width, height } = measure(item);
      const around = 2 * GROUP.margin;
      return { width: width + around, height: height + around + GROUP.head };
    };
    const items = tree.itemsOf(container);
    const sizes = new Map(items.map(item => [item, size(item)]));
    const level = layoutLevel(
      { ids: items, edges: tree.edgesIn(container, usable) },
      item => sizes.get(item) as { width: number; height: number },
      nodeWidth
    );
    levels.set(container, level);
    return level;
  };
  const whole = measure(null);
  return {
    ...placed(tree, levels, usable, nodeWidth),
    width: whole.width,
    height: Math.max(whole.height, NODE_HEIGHT),
    nodeWidth
  };
}

/** Put the levels into each other, and lead the edges from task to task. */
function placed(
  tree: Tree,
  levels: ReadonlyMap<string | null, ILevel>,
  edges: readonly [string, string][],
  nodeWidth: number
): Pick<ILayout, 'nodes' | 'edges' | 'groups'> {
  const nodes = new Map<string, IPoint>();
  const groups: IGroupBox[] = [];
  const origins = new Map<string | null, IPoint>();
  const place = (container: string | null, origin: IPoint): void => {
    origins.set(container, origin);
    const level = levels.get(container) as ILevel;
    for (const [item, corner] of level.corners) {
      const at = { x: corner.x + origin.x, y: corner.y + origin.y };
      if (!tree.isGroup(item)) {
        nodes.set(item, at);
        continue;
      }
      const inner = levels.get(item) as ILevel;
      const around = 2 * GROUP.margin;
      groups.push({
        id: item,
        ...at,
        width: inner.width + around,
        height: inner.height + around + GROUP.head
      });
      place(item, {
        x: at.x + GROUP.margin,
        y: at.y + GROUP.margin + GROUP.head
      });
    }
  };
  place(null, { x: 0, y: 0 });
  const routed = edges.map(([from, to]) => {
    const { container, pair } = tree.meet(from, to);
    const route = levels.get(container)?.routes.get(JSON.stringify(pair));
    const by = origins.get(container) as IPoint;
    return { from, to, points: lead(nodes, [from, to], route, by, nodeWidth) };
  });
  return { nodes, groups, edges: routed };
}

function lead(
  nodes: ReadonlyMap<string, IPoint>,
  [from, to]: [string, string],
  route: IPoint[] | undefined,
  by: IPoint,
  nodeWidth: number
): IPoint[] {
  const [a, b] = [nodes.get(from), nodes.get(to)];
  if (!route || !a || !b) {
    return []; // it would close a cycle
  }
  const bends = route.map(({ x, y }) => ({
    x: Math.round(x + by.x),
    y: y + by.y
  }));
  return [
    { x: a.x + nodeWidth / 2, y: a.y + NODE_HEIGHT },
    ...bends,
    { x: b.x + nodeWidth / 2, y: b.y }
  ];
}

/** What is in what. */
class Tree {
  constructor(ids: readonly string[], groups: readonly IOpenGroup[]) {
    for (const { id, items } of groups) {
      this._items.set(id, items);
      items.forEach(item => this._parents.set(item, id));
    }
    const tops = ids.map(id => this.path(id)[0]);
    this._top = [...new Set(tops)];
  }

  isGroup(item: string): boolean {
    return this._items.has(item);
  }

  itemsOf(container: string | null): string[] {
    return container === null
      ? this._top
      : (this._items.get(container) as string[]);
  }

  /** From the outermost group to the task itself. */
  path(id: string): string[] {
    const path = [id];
    for (let up = this._parents.get(id); up; up = this._parents.get(up)) {
      path.unshift(up);
    }
    return path;
  }

  /** The innermost group that holds both ends, and what stands for them in it. */
  meet(
    from: string,
    to: string
  ): { container: string | null; pair: [string, string] } {
    const [a, b] = [this.path(from), this.path(to)];
    let depth = 0;
    while (a[depth] === b[depth]) {
      depth++;
    }
    const container = depth ? a[depth - 1] : null;
    return { container, pair: [a[depth], b[depth]] };
  }

  edgesIn(
    container: string | null,
    edges: readonly [string, string][]
  ): [string, string][] {
    const found = new Map<string, [string, string]>();
    for (const [from, to] of edges) {
      const met = this.meet(from, to);
      if (met.container === container) {
        found.set(JSON.stringify(met.pair), met.pair);
      }
    }
    return [...found.values()];
  }

  private readonly _items = new Map<string, string[]>();
  private readonly _parents = new Map<string, string>();
  private readonly _top: string[];
}

/** Wide enough for the longest text, within bounds. */
function widthFor(texts: string[], font: typeof NAME): number {
  const letters = texts.reduce((most, text) => Math.max(most, text.length), 0);
  const width = Math.round(font.beside + letters * font.letter);
  return Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width));
}
