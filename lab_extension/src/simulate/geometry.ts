/** Where rows and columns of the grid lie. Pure. */

export const NAMES = 216;
/** The chart of durations, and the dates below it. */
export const CHART = 62;
export const HEAD = CHART + 26;
export const ROW = 22;
/** Room at the right and below. */
export const MARGIN = 12;
const WIDEST = 22;
const NARROWEST = 4;
/** Narrower columns show shapes instead of signs. */
const WITH_SIGNS = 11;

export interface IGeometry {
  pitch: number;
  hasSigns: boolean;
  /** Of all that can be scrolled to. */
  width: number;
  height: number;
}

export interface IWindow {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface ISpan {
  from: number;
  /** The first that is not in it. */
  to: number;
}

/** As wide as there is room for, so that all is seen at once where that can be. */
export function geometryOf(
  rows: number,
  columns: number,
  width: number
): IGeometry {
  const room = (width - NAMES - MARGIN) / Math.max(1, columns);
  const pitch = Math.max(NARROWEST, Math.min(WIDEST, Math.floor(room)));
  return {
    pitch,
    hasSigns: pitch >= WITH_SIGNS,
    width: NAMES + columns * pitch + MARGIN,
    height: HEAD + rows * ROW + MARGIN
  };
}

export function columnsIn(
  { pitch }: IGeometry,
  columns: number,
  view: IWindow
): ISpan {
  const from = Math.max(0, Math.floor(view.left / pitch));
  const to = Math.ceil((view.left + view.width - NAMES) / pitch) + 1;
  return { from, to: Math.min(columns, to) };
}

export function rowsIn(rows: number, view: IWindow): ISpan {
  const from = Math.max(0, Math.floor(view.top / ROW));
  const to = Math.ceil((view.top + view.height - HEAD) / ROW) + 1;
  return { from, to: Math.min(rows, to) };
}

/** What lies under a point of the window; -1 = the names, or the head. */
export function placeAt(
  { pitch }: IGeometry,
  size: { rows: number; columns: number },
  view: IWindow,
  at: { x: number; y: number }
): { row: number; column: number } | null {
  const column =
    at.x < NAMES ? -1 : Math.floor((at.x - NAMES + view.left) / pitch);
  const row = at.y < HEAD ? -1 : Math.floor((at.y - HEAD + view.top) / ROW);
  return row < size.rows && column < size.columns ? { row, column } : null;
}

/** The scroll that brings a cell into the window. */
export function scrollTo(
  { pitch }: IGeometry,
  view: IWindow,
  { row, column }: { row: number; column: number }
): { left: number; top: number } {
  const into = (
    start: number,
    size: number,
    at: number,
    room: number
  ): number => Math.min(start, Math.max(start + size - room, at));
  return {
    left:
      column < 0
        ? view.left
        : into(column * pitch, pitch, view.left, view.width - NAMES - MARGIN),
    top:
      row < 0
        ? view.top
        : into(row * ROW, ROW, view.top, view.height - HEAD - MARGIN)
  };
}
