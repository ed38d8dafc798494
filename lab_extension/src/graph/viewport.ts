/** Which part of the graph is seen, and how large. */
import type { IPoint } from './layout';

export interface IViewport {
  /** Screen = graph * zoom + (x, y). */
  x: number;
  y: number;
  zoom: number;
}

export interface ISize {
  width: number;
  height: number;
}

export const MIN_ZOOM = 0.01;
export const MAX_ZOOM = 2;
/** Below this the nodes are plain rectangles. */
export const TEXT_ZOOM = 0.35;
const MARGIN = 28;

/** Everything in view, at the top and centred, never larger than life. */
export function fit(graph: ISize, view: ISize): IViewport {
  const across = (view.width - 2 * MARGIN) / Math.max(1, graph.width);
  const down = (view.height - 2 * MARGIN) / Math.max(1, graph.height);
  const zoom = clampZoom(Math.min(across, down, 1));
  return { x: (view.width - graph.width * zoom) / 2, y: MARGIN, zoom };
}

/** Change the zoom and keep the graph's point under `at` in place. */
export function zoomAt(view: IViewport, factor: number, at: IPoint): IViewport {
  const zoom = clampZoom(view.zoom * factor);
  const scale = zoom / view.zoom;
  return {
    x: at.x - (at.x - view.x) * scale,
    y: at.y - (at.y - view.y) * scale,
    zoom
  };
}

/** Move as little as needed to have the box in view, with some room round it. */
export function reveal(
  view: IViewport,
  corner: IPoint,
  box: ISize,
  size: ISize
): IViewport {
  const x = shift(
    corner.x * view.zoom + view.x,
    box.width * view.zoom,
    size.width
  );
  const y = shift(
    corner.y * view.zoom + view.y,
    box.height * view.zoom,
    size.height
  );
  return { ...view, x: view.x + x, y: view.y + y };
}

function shift(start: number, length: number, room: number): number {
  if (start < MARGIN) {
    return MARGIN - start;
  }
  return Math.min(0, room - MARGIN - (start + length));
}

function clampZoom(zoom: number): number {
  return Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));
}
