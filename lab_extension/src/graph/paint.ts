/** Draws a scene on a canvas. */
import { type IShape, MARKS, signOf } from '../parts/glyphs';
import type { StateName } from '../words/states';
import { GROUP, type IPoint, NODE_HEIGHT } from './layout';
import type { IPalette } from './palette';
import type { IScene, ISceneEdge, ISceneNode } from './scene';
import { type ISize, type IViewport, TEXT_ZOOM } from './viewport';

export interface IPicture {
  scene: IScene;
  view: IViewport;
  size: ISize;
  palette: IPalette;
  selected: string | null;
  /** What "Find task" matched; others are dimmed. Null while nothing is sought. */
  found: ReadonlySet<string> | null;
}

/** States that are tinted: what runs, waits for a retry, or broke. */
const LOUD = new Set<StateName>([
  'running',
  'failed',
  'upstream_failed',
  'up_for_retry'
]);
const DIMMED = 0.3;
const MARK_SIZE = 13;

/** Paint the whole picture; the context's unit is a CSS pixel. */
export function paint(ctx: CanvasRenderingContext2D, picture: IPicture): void {
  const { scene, view, size, palette } = picture;
  ctx.save();
  ctx.fillStyle = palette.page;
  ctx.fillRect(0, 0, size.width, size.height);
  ctx.translate(view.x, view.y);
  ctx.scale(view.zoom, view.zoom);
  paintGroups(ctx, picture);
  paintEdges(ctx, picture);
  const paintNode = view.zoom < TEXT_ZOOM ? paintPlain : paintFull;
  for (const node of visibleNodes(scene, view, size)) {
    ctx.globalAlpha = picture.found && !picture.found.has(node.id) ? DIMMED : 1;
    paintNode(ctx, node, picture);
  }
  ctx.restore();
}

export function visibleNodes(
  scene: IScene,
  view: IViewport,
  size: ISize
): ISceneNode[] {
  const left = -view.x / view.zoom - scene.nodeWidth;
  const top = -view.y / view.zoom - NODE_HEIGHT;
  const right = (size.width - view.x) / view.zoom;
  const bottom = (size.height - view.y) / view.zoom;
  return scene.nodes.filter(
    ({ x, y }) => x > left && x < right && y > top && y < bottom
  );
}

function paintGroups(ctx: CanvasRenderingContext2D, picture: IPicture): void {
  const { scene, view, palette } = picture;
  ctx.lineWidth = Math.max(1, 0.6 / view.zoom);
  for (const group of scene.groups) {
    ctx.fillStyle = palette.text;
    ctx.globalAlpha = 0.035;
    ctx.beginPath();
    ctx.roundRect(group.x, group.y, group.width, group.height, 4);
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = palette.border;
    ctx.stroke();
    if (view.zoom >= TEXT_ZOOM) {
      ctx.textBaseline = 'middle';
      ctx.fillStyle = palette.secondary;
      ctx.font = `600 12px ${palette.font}`;
      const name = shortened(ctx, group.name, group.width - 40);
      ctx.fillText(name, group.x + 26, group.y + GROUP.head / 2 + 2);
      paintCaret(ctx, group, palette);
    }
  }
}

function paintCaret(
  ctx: CanvasRenderingContext2D,
  { x, y }: IPoint,
  palette: IPalette
): void {
  ctx.fillStyle = palette.secondary;
  ctx.beginPath();
  ctx.moveTo(x + 11, y + 12);
  ctx.lineTo(x + 19, y + 12);
  ctx.lineTo(x + 15, y + 17);
  ctx.closePath();
  ctx.fill();
}

/** What is written on edges, beside their beginning, on the colour of the page. */
function paintTexts(ctx: CanvasRenderingContext2D, picture: IPicture): void {
  const { scene, palette } = picture;
  ctx.textBaseline = 'middle';
  ctx.font = `11px ${palette.font}`;
  for (const { text, points } of scene.edges) {
    const [a, b] = points;
    if (!text || !a || !b) {
      continue;
    }
    const width = ctx.measureText(text).width + 8;
    const [x, y] = [(a.x + b.x) / 2 - width / 2, (a.y + b.y) / 2];
    ctx.fillStyle = palette.page;
    ctx.fillRect(x, y - 8, width, 16);
    ctx.fillStyle = palette.secondary;
    ctx.fillText(text, x + 4, y);
  }
}

function paintEdges(ctx: CanvasRenderingContext2D, picture: IPicture): void {
  const { scene, view, palette, selected, found } = picture;
  const curved = view.zoom >= TEXT_ZOOM;
  const touches = (edge: ISceneEdge): boolean =>
    edge.from === selected || edge.to === selected;
  const skips = (edge: ISceneEdge): boolean =>
    scene.byId.get(edge.to)?.state === 'skipped';
  const plain = scene.edges.filter(edge => !touches(edge));
  ctx.globalAlpha = found ? DIMMED : 1;
  ctx.lineWidth = Math.max(1.3, 0.6 / view.zoom);
  stroke(
    ctx,
    plain.filter(edge => !skips(edge)),
    palette.edge,
    curved
  );
  ctx.setLineDash([3, 3]);
  stroke(ctx, plain.filter(skips), palette.edge, curved);
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
  ctx.lineWidth = Math.max(1.8, 1.2 / view.zoom);
  stroke(ctx, scene.edges.filter(touches), palette.brand, curved);
  if (curved) {
    paintTexts(ctx, picture);
  }
}

function stroke(
  ctx: CanvasRenderingContext2D,
  edges: ISceneEdge[],
  color: string,
  curved: boolean
): void {
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.beginPath();
  for (const edge of edges) {
    tracePath(ctx, edge.points, curved);
  }
  ctx.stroke();
  if (curved) {
    ctx.beginPath();
    for (const { points } of edges) {
      traceArrow(ctx, points[points.length - 1]);
    }
    ctx.fill();
  }
}

function tracePath(
  ctx: CanvasRenderingContext2D,
  points: IPoint[],
  curved: boolean
): void {
  points.forEach((to, i) => {
    const from = points[i - 1];
    if (!from) {
      ctx.moveTo(to.x, to.y);
    } else if (!curved || from.x === to.x) {
      ctx.lineTo(to.x, to.y);
    } else {
      const bend = (to.y - from.y) * 0.55;
      ctx.bezierCurveTo(from.x, from.y + bend, to.x, to.y - bend, to.x, to.y);
    }
  });
}

function traceArrow(
  ctx: CanvasRenderingContext2D,
  tip: IPoint | undefined
): void {
  if (tip) {
    ctx.moveTo(tip.x, tip.y);
    ctx.lineTo(tip.x - 3.5, tip.y - 6);
    ctx.lineTo(tip.x + 3.5, tip.y - 6);
    ctx.closePath();
  }
}

function paintPlain(
  ctx: CanvasRenderingContext2D,
  node: ISceneNode,
  picture: IPicture
): void {
  const { palette, selected, scene, view } = picture;
  ctx.fillStyle = palette.states[node.state].fill;
  ctx.fillRect(node.x, node.y, scene.nodeWidth, NODE_HEIGHT);
  if (node.id === selected) {
    ctx.strokeStyle = palette.brand;
    ctx.lineWidth = 3 / view.zoom;
    ctx.strokeRect(node.x, node.y, scene.nodeWidth, NODE_HEIGHT);
  }
}

function paintFull(
  ctx: CanvasRenderingContext2D,
  node: ISceneNode,
  picture: IPicture
): void {
  const { palette, selected, scene } = picture;
  const width = scene.nodeWidth;
  if (node.isStack) {
    paintStack(ctx, node, width, palette);
  }
  paintBox(ctx, node, width, palette);
  if (node.id === selected) {
    ctx.strokeStyle = palette.brand;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.roundRect(node.x - 3, node.y - 3, width + 6, NODE_HEIGHT + 6, 5);
    ctx.stroke();
  }
  const colors = palette.states[node.state];
  paintMark(ctx, node, node.x + 10, node.y + 6, palette);
  ctx.textBaseline = 'middle';
  ctx.fillStyle = palette.text;
  ctx.font = `500 13px ${palette.font}`;
  ctx.fillText(shortened(ctx, node.name, width - 38), node.x + 29, node.y + 13);
  ctx.fillStyle =
    LOUD.has(node.state) || node.state === 'skipped'
      ? colors.text
      : palette.secondary;
  ctx.font = `11px ${palette.font}`;
  ctx.fillText(shortened(ctx, node.line, width - 52), node.x + 29, node.y + 29);
  paintSign(ctx, node, width, palette);
}

/** The edge of a second sheet behind a node that stands for several. */
function paintStack(
  ctx: CanvasRenderingContext2D,
  node: ISceneNode,
  width: number,
  palette: IPalette
): void {
  ctx.fillStyle = palette.page;
  ctx.strokeStyle = palette.border;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.roundRect(node.x + 4.5, node.y + 4.5, width - 1, NODE_HEIGHT - 1, 3);
  ctx.fill();
  ctx.stroke();
}

function paintBox(
  ctx: CanvasRenderingContext2D,
  node: ISceneNode,
  width: number,
  palette: IPalette
): void {
  const { fill, tint } = palette.states[node.state];
  const loud = LOUD.has(node.state);
  ctx.fillStyle = loud ? tint : palette.page;
  ctx.strokeStyle = loud ? fill : palette.border;
  ctx.lineWidth = 1;
  ctx.setLineDash(node.state === 'none' ? [4, 3] : []);
  ctx.beginPath();
  ctx.roundRect(node.x + 0.5, node.y + 0.5, width - 1, NODE_HEIGHT - 1, 3);
  ctx.fill();
  ctx.stroke();
  ctx.setLineDash([]);
  if (node.state !== 'none') {
    ctx.fillStyle = fill;
    ctx.beginPath();
    ctx.roundRect(node.x, node.y, 4, NODE_HEIGHT, [3, 0, 0, 3]);
    ctx.fill();
  }
}

function paintMark(
  ctx: CanvasRenderingContext2D,
  node: ISceneNode,
  x: number,
  y: number,
  palette: IPalette
): void {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(MARK_SIZE / 16, MARK_SIZE / 16);
  ctx.lineCap = node.state === 'none' ? 'butt' : 'round';
  ctx.lineJoin = 'round';
  for (const shape of MARKS[node.state]) {
    paintShape(ctx, shape, palette.states[node.state].fill, palette.sign);
  }
  ctx.restore();
}

function paintShape(
  ctx: CanvasRenderingContext2D,
  { d, paint: way, dash }: IShape,
  color: string,
  sign: string
): void {
  const path = path2D(d);
  const cut = way === 'cut' || way === 'cutLine';
  ctx.fillStyle = ctx.strokeStyle = cut ? sign : color;
  if (way === 'fill' || way === 'cut') {
    ctx.fill(path);
    return;
  }
  const alpha = ctx.globalAlpha;
  ctx.globalAlpha = way === 'faint' ? alpha * 0.35 : alpha;
  ctx.lineWidth = 1.6;
  ctx.setLineDash(dash ?? []);
  ctx.stroke(path);
  ctx.setLineDash([]);
  ctx.globalAlpha = alpha;
}

function paintSign(
  ctx: CanvasRenderingContext2D,
  node: ISceneNode,
  width: number,
  palette: IPalette
): void {
  ctx.save();
  ctx.translate(node.x + width - 20, node.y + 23);
  ctx.scale(12 / 16, 12 / 16);
  ctx.strokeStyle = palette.secondary;
  ctx.lineWidth = 1.4;
  ctx.stroke(path2D(signOf(node.kind)));
  ctx.restore();
}

const paths = new Map<string, Path2D>();

function path2D(d: string): Path2D {
  let path = paths.get(d);
  if (!path) {
    path = new Path2D(d);
    paths.set(d, path);
  }
  return path;
}

const shortTexts = new Map<string, string>();

/** The text, or its beginning and an ellipsis where it is too long. */
export function shortened(
  ctx: CanvasRenderingContext2D,
  text: string,
  width: number
): string {
  const key = `${ctx.font}|${width}|${text}`;
  let short = shortTexts.get(key);
  if (short === undefined) {
    short = text;
    while (short.length > 1 && ctx.measureText(short).width > width) {
      short = `${short.replace(/…$/, '').slice(0, -1)}…`;
    }
    if (shortTexts.size > 20_000) {
      shortTexts.clear();
    }
    shortTexts.set(key, short);
  }
  return short;
}
