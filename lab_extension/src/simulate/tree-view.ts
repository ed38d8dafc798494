/** The grid of a simulation in a scrolling host: canvas, pointer, keys. No React. */
import { type IPalette, readPalette } from '../graph/palette';
import {
  geometryOf,
  type IGeometry,
  type IWindow,
  placeAt,
  scrollTo
} from './geometry';
import { type ISpot, paintTree } from './tree-paint';
import type { ITree } from './tree';

export interface ITreeEvents {
  /** The cell or, with row -1, the run under the pointer, and where it is in the host. */
  onHover: (spot: ISpot | null, at: { x: number; y: number }) => void;
  onPick: (spot: ISpot | null) => void;
  onToggle: (groupId: string) => void;
}

const STEPS: Record<string, [number, number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1]
};

export class TreeView {
  constructor(
    private readonly host: HTMLElement,
    private readonly events: ITreeEvents
  ) {
    this._spacer.append(this._canvas);
    host.append(this._spacer);
    this._palette = readPalette(host);
    this._observer.observe(host);
    this._themes.observe(document.body, {
      attributeFilter: ['data-jp-theme-name']
    });
    host.addEventListener('scroll', this.onScroll);
    host.addEventListener('pointermove', this.onMove);
    host.addEventListener('pointerleave', this.onLeave);
    host.addEventListener('click', this.onClick);
    host.addEventListener('keydown', this.onKeyDown);
  }

  show(
    tree: ITree,
    isClosed: ReadonlySet<string>,
    selected: ISpot | null
  ): void {
    this._tree = tree;
    this._isClosed = isClosed;
    this._selected = selected;
    this._hovered = null;
    this.measure();
  }

  dispose(): void {
    cancelAnimationFrame(this._frame);
    this._observer.disconnect();
    this._themes.disconnect();
    this.host.removeEventListener('scroll', this.onScroll);
    this.host.removeEventListener('pointermove', this.onMove);
    this.host.removeEventListener('pointerleave', this.onLeave);
    this.host.removeEventListener('click', this.onClick);
    this.host.removeEventListener('keydown', this.onKeyDown);
    this.host.replaceChildren();
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this._tree || !width || !height) {
      return;
    }
    const { rows, columns } = this._tree;
    const geometry = geometryOf(rows.length, columns.length, width);
    this._geometry = geometry;
    this._spacer.style.width = `${Math.max(width, geometry.width)}px`;
    this._spacer.style.height = `${Math.max(height, geometry.height)}px`;
    const ratio = window.devicePixelRatio || 1;
    this._canvas.style.width = `${width}px`;
    this._canvas.style.height = `${height}px`;
    this._canvas.width = Math.round(width * ratio);
    this._canvas.height = Math.round(height * ratio);
    this.draw();
  }

  private schedule(): void {
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const ctx = this._canvas.getContext('2d');
    const { _tree: tree, _geometry: geometry, _palette: palette } = this;
    if (!ctx || !tree || !geometry) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintTree(ctx, {
      tree,
      geometry,
      palette,
      view: this.window,
      isClosed: this._isClosed,
      hovered: this._hovered,
      selected: this._selected
    });
  }

  private get window(): IWindow {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.host;
    return {
      left: scrollLeft,
      top: scrollTop,
      width: clientWidth,
      height: clientHeight
    };
  }

  private spotAt(event: MouseEvent): ISpot | null {
    const { _tree: tree, _geometry: geometry } = this;
    if (!tree || !geometry) {
      return null;
    }
    const size = { rows: tree.rows.length, columns: tree.columns.length };
    return placeAt(geometry, size, this.window, this.local(event));
  }

  private local(event: MouseEvent): { x: number; y: number } {
    const box = this.host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** One step from the chosen cell; the first one, where none is chosen. */
  private step([down, across]: [number, number]): void {
    const { _tree: tree, _geometry: geometry } = this;
    if (!tree?.columns.length || !geometry) {
      return;
    }
    const from = this._selected ?? { row: -1, column: -1 - across };
    const row = clamp(from.row + down, -1, tree.rows.length - 1);
    const column = clamp(from.column + across, 0, tree.columns.length - 1);
    const { left, top } = scrollTo(geometry, this.window, { row, column });
    this.host.scrollTo(left, top);
    this.events.onPick({ row, column });
  }

  private readonly onScroll = (): void => {
    this._hovered = null;
    this.events.onHover(null, { x: 0, y: 0 });
    this.schedule();
  };

  private readonly onMove = (event: PointerEvent): void => {
    const spot = this.spotAt(event);
    this._hovered = spot;
    const isName = spot !== null && spot.column < 0;
    this.host.style.cursor =
      spot && (!isName || this._tree?.rows[spot.row]?.isGroup) ? 'pointer' : '';
    this.events.onHover(isName ? null : spot, this.local(event));
    this.schedule();
  };

  private readonly onLeave = (): void => {
    this._hovered = null;
    this.events.onHover(null, { x: 0, y: 0 });
    this.schedule();
  };

  private readonly onClick = (event: MouseEvent): void => {
    const spot = this.spotAt(event);
    const row = spot && this._tree?.rows[spot.row];
    if (spot && spot.column >= 0) {
      this.events.onPick(spot);
    } else if (row?.isGroup) {
      this.events.onToggle(row.id);
    }
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const row = this._selected && this._tree?.rows[this._selected.row];
    if (step) {
      this.step(step);
    } else if (event.key === 'Escape') {
      this.events.onPick(null);
    } else if (event.key === 'Enter' && row?.isGroup) {
      this.events.onToggle(row.id);
    } else {
      return;
    }
    event.preventDefault();
  };

  private readonly _spacer = document.createElement('div');
  private readonly _canvas = document.createElement('canvas');
  private readonly _observer = new ResizeObserver(() => this.measure());
  private readonly _themes = new MutationObserver(() => {
    this._palette = readPalette(this.host);
    this.schedule();
  });
  private _palette: IPalette;
  private _tree: ITree | null = null;
  private _geometry: IGeometry | null = null;
  private _isClosed: ReadonlySet<string> = new Set();
  private _hovered: ISpot | null = null;
  private _selected: ISpot | null = null;
  private _frame = 0;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
