/** Draws the grid of a simulation on a canvas: what the window shows of it. */
import { type IShape, MARKS } from '../parts/glyphs';
import type { IPalette } from '../graph/palette';
import { shortened } from '../graph/paint';
import { hasEnded, stateName } from '../words/states';
import { duration } from '../words/time';
import { dateLabels } from './date-labels';
import {
  CHART,
  columnsIn,
  HEAD,
  type IGeometry,
  type ISpan,
  type IWindow,
  NAMES,
  ROW,
  rowsIn
} from './geometry';
import type { ITree, ITreeCell, ITreeRow } from './tree';

export interface ISpot {
  row: number;
  column: number;
}

export interface ITreePicture {
  tree: ITree;
  geometry: IGeometry;
  view: IWindow;
  palette: IPalette;
  isClosed: ReadonlySet<string>;
  hovered: ISpot | null;
  selected: ISpot | null;
}

const CELL = 13;
const MARKED = 14;

/** Paint all; the context's unit is a CSS pixel. */
export function paintTree(
  ctx: CanvasRenderingContext2D,
  picture: ITreePicture
): void {
  const { view, palette, tree, geometry } = picture;
  const columns = columnsIn(geometry, tree.columns.length, view);
  const rows = rowsIn(tree.rows.length, view);
  ctx.fillStyle = palette.page;
  ctx.fillRect(0, 0, view.width, view.height);
  ctx.textBaseline = 'middle';
  inside(ctx, [NAMES, 0, view.width - NAMES, view.height], () => {
    paintBands(ctx, picture, columns);
    paintChart(ctx, picture, columns);
  });
  inside(ctx, [0, HEAD, view.width, view.height - HEAD], () => {
    paintLines(ctx, picture, rows);
    paintCells(ctx, picture, rows, columns);
  });
  paintNames(ctx, picture, rows);
  paintScale(ctx, picture);
}

function inside(
  ctx: CanvasRenderingContext2D,
  [x, y, width, height]: [number, number, number, number],
  draw: () => void
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
  draw();
  ctx.restore();
}

function leftOf({ geometry, view }: ITreePicture, column: number): number {
  return NAMES + column * geometry.pitch - view.left;
}

function topOf({ view }: ITreePicture, row: number): number {
  return HEAD + row * ROW - view.top;
}

/** Runs that catch up, the column under the pointer, the one that is chosen. */
function paintBands(
  ctx: CanvasRenderingContext2D,
  picture: ITreePicture,
  columns: ISpan
): void {
  const { tree, geometry, view, palette, hovered, selected } = picture;
  const bottom = Math.min(view.height, topOf(picture, tree.rows.length));
  const band = (column: number, color: string): void => {
    ctx.fillStyle = color;
    const x = leftOf(picture, column);
    ctx.fillRect(x, 0, geometry.pitch, bottom);
  };
  for (let at = columns.from; at < columns.to; at++) {
    if (tree.columns[at].isCatchUp) {
      band(at, palette.states.up_for_reschedule.tint);
    }
  }
  if (hovered && hovered.column >= 0) {
    band(hovered.column, palette.hover);
  }
  if (selected && selected.column >= 0) {
    band(selected.column, palette.selected);
  }
}

/** A bar for each run, its height the time that it took; the dates below. */
function paintChart(
  ctx: CanvasRenderingContext2D,
  picture: ITreePicture,
  columns: ISpan
): void {
  const { tree, geometry, palette } = picture;
  const longest = longestRun(tree);
  const width = Math.max(2, Math.min(CELL, geometry.pitch - 2));
  const inset = (geometry.pitch - width) / 2;
  for (let at = columns.from; at < columns.to; at++) {
    const { run, took } = tree.columns[at];
    const height = Math.max(3, ((CHART - 14) * (took ?? longest)) / longest);
    ctx.fillStyle = palette.states[stateName(run.state)].fill;
    ctx.globalAlpha = took === null ? 0.45 : 1;
    ctx.fillRect(leftOf(picture, at) + inset, CHART - height, width, height);
  }
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.secondary;
  ctx.font = `11px ${palette.font}`;
  for (const { column, text } of dateLabels(tree.columns, geometry.pitch)) {
    ctx.fillText(text, leftOf(picture, column) + 1, CHART + 13);
  }
}

/** The longest duration, for whose height the chart has room. */
function paintScale(
  ctx: CanvasRenderingContext2D,
  { tree, palette, view }: ITreePicture
): void {
  ctx.strokeStyle = palette.edge;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(12, CHART + 0.5);
  ctx.lineTo(view.width, CHART + 0.5);
  ctx.stroke();
  ctx.fillStyle = palette.text;
  ctx.font = `600 12px ${palette.font}`;
  ctx.fillText('Duration', 12, 20);
  ctx.fillStyle = palette.secondary;
  ctx.font = `11px ${palette.font}`;
  ctx.fillText(`longest ${duration(longestRun(tree))}`, 12, 37);
}

function longestRun({ columns }: ITree): number {
  return columns.reduce((most, { took }) => Math.max(most, took ?? 0), 1);
}

function paintLines(
  ctx: CanvasRenderingContext2D,
  picture: ITreePicture,
  rows: ISpan
): void {
  const { view, palette, hovered, selected } = picture;
  for (let at = rows.from; at < rows.to; at++) {
    const y = topOf(picture, at);
    const isHovered = hovered?.row === at;
    if (isHovered || selected?.row === at) {
      ctx.globalAlpha = 0.8;
      ctx.fillStyle = isHovered ? palette.hover : palette.selected;
      ctx.fillRect(0, y, view.width, ROW);
      ctx.globalAlpha = 1;
    }
    ctx.fillStyle = palette.line;
    ctx.fillRect(12, y + ROW - 1, view.width, 1);
  }
}

function paintCells(
  ctx: CanvasRenderingContext2D,
  picture: ITreePicture,
  rows: ISpan,
  columns: ISpan
): void {
  const { tree, selected, palette, geometry } = picture;
  inside(ctx, [NAMES, HEAD, picture.view.width, picture.view.height], () => {
    for (let row = rows.from; row < rows.to; row++) {
      for (let column = columns.from; column < columns.to; column++) {
        const cell = tree.cell(tree.rows[row], column);
        if (cell) {
          paintCell(ctx, picture, cell, row, column);
        }
      }
    }
    if (selected && selected.column >= 0 && selected.row >= 0) {
      ctx.strokeStyle = palette.brand;
      ctx.lineWidth = 2;
      const x = leftOf(picture, selected.column);
      const y = topOf(picture, selected.row);
      ctx.strokeRect(x, y, Math.max(6, geometry.pitch), ROW - 1);
    }
  });
}

function paintCell(
  ctx: CanvasRenderingContext2D,
  picture: ITreePicture,
  cell: ITreeCell,
  row: number,
  column: number
): void {
  const { geometry, palette } = picture;
  const room = geometry.pitch - (geometry.hasSigns ? 2 : 1);
  const width = Math.max(3, Math.min(CELL, room));
  const x = leftOf(picture, column) + Math.floor((geometry.pitch - width) / 2);
  const y = topOf(picture, row) + (ROW - 1 - CELL) / 2;
  ctx.save();
  ctx.translate(x, y);
  paintMark(ctx, cell.state, width, palette, geometry.hasSigns);
  if (cell.isRetried) {
    ctx.fillStyle = palette.states.up_for_retry.fill;
    ctx.fillRect(0, -3, width, 2);
  }
  if (cell.isLate) {
    ctx.fillStyle = palette.states.failed.fill;
    ctx.fillRect(0, CELL + 1, width, 2);
  }
  ctx.restore();
}

/** A state as a square with its sign; where there is no room, by its shape. */
export function paintMark(
  ctx: CanvasRenderingContext2D,
  state: string,
  width: number,
  palette: IPalette,
  hasSign: boolean
): void {
  const name = stateName(state);
  ctx.fillStyle = palette.states[name].fill;
  if (!hasSign) {
    const [top, height] = SHAPES[name] ?? [4, 5];
    ctx.fillRect(0, top, width, height);
    return;
  }
  if (hasEnded(name)) {
    ctx.beginPath();
    ctx.roundRect(0, 0, width, CELL, 2);
    ctx.fill();
  } else {
    ctx.strokeStyle = palette.states[name].fill;
    ctx.lineWidth = 1.3;
    ctx.setLineDash(name === 'none' ? [2.2, 2] : []);
    ctx.beginPath();
    ctx.roundRect(0.7, 0.7, width - 1.4, CELL - 1.4, 2);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (name !== 'success' && name !== 'none') {
    ctx.scale(width / 16, CELL / 16);
    MARKS[name].slice(1).forEach(shape => paintShape(ctx, shape, palette));
  }
}

/** Top and height in narrow columns: failed ones stand out, skipped ones are a line. */
const SHAPES: Record<string, [number, number]> = {
  success: [2, 9],
  failed: [-2, 14],
  upstream_failed: [-2, 8],
  skipped: [5, 3]
};

function paintShape(
  ctx: CanvasRenderingContext2D,
  { d, paint }: IShape,
  palette: IPalette
): void {
  const isCut = paint === 'cut' || paint === 'cutLine';
  const own = ctx.fillStyle;
  const path = new Path2D(d);
  if (paint === 'fill' || paint === 'cut') {
    ctx.fillStyle = isCut ? palette.sign : own;
    ctx.fill(path);
    ctx.fillStyle = own;
  } else if (paint !== 'faint') {
    ctx.strokeStyle = isCut ? palette.sign : own;
    ctx.lineWidth = 2;
    ctx.lineCap = 'round';
    ctx.stroke(path);
  }
}

function paintNames(
  ctx: CanvasRenderingContext2D,
  picture: ITreePicture,
  rows: ISpan
): void {
  const { tree, view, palette, hovered, selected } = picture;
  inside(ctx, [0, HEAD, NAMES, view.height - HEAD], () => {
    for (let at = rows.from; at < rows.to; at++) {
      const isLit = hovered?.row === at || selected?.row === at;
      if (isLit) {
        ctx.fillStyle = selected?.row === at ? palette.selected : palette.hover;
        ctx.fillRect(0, topOf(picture, at), NAMES, ROW - 1);
      }
      paintName(ctx, picture, tree.rows[at], topOf(picture, at) + ROW / 2);
    }
  });
}

function paintName(
  ctx: CanvasRenderingContext2D,
  { palette, isClosed }: ITreePicture,
  row: ITreeRow,
  y: number
): void {
  let x = 12 + row.depth * 14;
  ctx.fillStyle = palette.text;
  ctx.font = `${row.isGroup ? '600 ' : ''}12px ${palette.font}`;
  if (row.isGroup) {
    const caret = isClosed.has(row.id) ? 'M2 0 6 4 2 8Z' : 'M0 2 8 2 4 6Z';
    ctx.save();
    ctx.translate(x, y - 4);
    ctx.fill(new Path2D(caret));
    ctx.restore();
    x += MARKED;
  }
  ctx.fillText(shortened(ctx, row.label, NAMES - x - 10), x, y);
}
