/** The interactive graph: canvas, buttons over it, pointer and keys. */
import type { IGraph } from '../api/types';
import {
  GROUP,
  type ILayout,
  type IOpenGroup,
  type IPoint,
  NODE_HEIGHT
} from './layout';
import { layouter } from './layouter';
import { neighbour } from './neighbours';
import { Overlay } from './overlay';
import { paint, visibleNodes } from './paint';
import { type IPalette, readPalette } from './palette';
import { buildScene, type IScene, type ISceneNode } from './scene';
import {
  fit,
  type ISize,
  type IViewport,
  reveal,
  TEXT_ZOOM,
  zoomAt
} from './viewport';

const CLICK_DISTANCE = 4;

export interface IGraphEvents {
  onSelect: (taskId: string | null) => void;
  onZoom: (zoom: number) => void;
  /** A group is to be opened or closed. */
  onToggle: (groupId: string) => void;
}

export class GraphView {
  constructor(
    private readonly host: HTMLElement,
    private readonly events: IGraphEvents
  ) {
    host.append(this._canvas, this._overlay.node);
    this._palette = readPalette(host);
    this._observer.observe(host);
    this._themes.observe(document.body, {
      attributeFilter: ['data-jp-theme-name']
    });
    host.addEventListener('wheel', this.onWheel, { passive: false });
    host.addEventListener('pointerdown', this.onPointerDown);
    host.addEventListener('keydown', this.onKeyDown);
    host.addEventListener('focusin', this.onFocus);
  }

  /** Show a graph; the view stays as it is while the structure is the same. */
  async setGraph(graph: IGraph, groups: IOpenGroup[] = []): Promise<void> {
    this._graph = graph;
    const layout = await layouter.layout(graph, groups);
    if (this._graph !== graph || this._isDisposed) {
      return;
    }
    const isNew = layout !== this._layout;
    this._layout = layout;
    this.rebuild();
    if (isNew) {
      this.fit();
      const [hit] = this.seek();
      if (hit) {
        this.reveal(hit);
      }
    }
  }

  set selected(taskId: string | null) {
    this._selected = taskId;
    this.schedule();
  }

  /** Dim all tasks whose name does not contain the words; the first hit comes into view. */
  find(query: string): void {
    this._query = query.trim().toLowerCase();
    const hits = this.seek();
    if (hits.length) {
      this.reveal(hits[0]);
    }
    this.schedule();
  }

  /** What is sought in the graph as it is now: groups may have been opened since. */
  private seek(): ISceneNode[] {
    const words = this._query;
    const hits = (this._scene?.nodes ?? []).filter(
      ({ id }) => words && id.toLowerCase().includes(words)
    );
    this._found = words ? new Set(hits.map(node => node.id)) : null;
    return hits;
  }

  fit(): void {
    if (this._scene) {
      this.setView(fit(this._scene, this._size));
      this._isUntouched = true;
    }
  }

  zoom(factor: number): void {
    this._isUntouched = false;
    const middle = { x: this._size.width / 2, y: this._size.height / 2 };
    this.setView(zoomAt(this._view, factor, middle));
  }

  /** Bring the task into view and focus it. */
  focus(taskId: string): void {
    const node = this._scene?.byId.get(taskId);
    if (node) {
      this.reveal(node);
      this.draw();
      this._overlay.focus(taskId);
    }
  }

  dispose(): void {
    this._isDisposed = true;
    window.clearInterval(this._ticker);
    cancelAnimationFrame(this._frame);
    this._observer.disconnect();
    this._themes.disconnect();
    this.host.removeEventListener('wheel', this.onWheel);
    this.host.removeEventListener('pointerdown', this.onPointerDown);
    this.host.removeEventListener('keydown', this.onKeyDown);
    this.host.removeEventListener('focusin', this.onFocus);
    this.host.replaceChildren();
  }

  private rebuild(): void {
    if (this._graph && this._layout) {
      this._scene = buildScene(this._graph, this._layout, new Date());
      this.schedule();
      this.tick(this._scene.ticks);
    }
  }

  /** Elapsed times move once a second, and only while they are seen. */
  private tick(on: boolean): void {
    if (on === this._ticker > 0) {
      return;
    }
    window.clearInterval(this._ticker);
    this._ticker = on
      ? window.setInterval(() => this.isSeen && this.rebuild(), 1000)
      : 0;
  }

  private get isSeen(): boolean {
    return (
      document.visibilityState === 'visible' && this.host.offsetParent !== null
    );
  }

  private schedule(): void {
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const ctx = this._canvas.getContext('2d');
    const { _scene: scene, _view: view, _size: size } = this;
    if (!ctx || !scene || !size.width) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { _palette: palette, _selected: selected, _found: found } = this;
    paint(ctx, { scene, view, size, palette, selected, found });
    if (view.zoom < TEXT_ZOOM) {
      this._overlay.clear();
    } else {
      this._overlay.update(
        visibleNodes(scene, view, size),
        scene,
        view,
        selected
      );
    }
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    this._size = { width, height };
    this._canvas.width = Math.round(width * ratio);
    this._canvas.height = Math.round(height * ratio);
    const chosen = this._selected && this._scene?.byId.get(this._selected);
    if (this._isUntouched) {
      this.fit();
    } else if (chosen) {
      this.reveal(chosen);
    }
    this.draw();
  }

  private setView(view: IViewport): void {
    this._view = view;
    this.events.onZoom(view.zoom);
    this.schedule();
  }

  private reveal(node: ISceneNode): void {
    const box = { width: this._scene?.nodeWidth ?? 0, height: NODE_HEIGHT };
    const { _view: view } = this;
    this._isUntouched = false;
    const readable =
      view.zoom < TEXT_ZOOM ? zoomAt(view, 0.8 / view.zoom, node) : view;
    this.setView(reveal(readable, node, box, this._size));
  }

  private nodeAt(point: IPoint): ISceneNode | undefined {
    const { x, y, zoom } = this._view;
    const at = { x: (point.x - x) / zoom, y: (point.y - y) / zoom };
    const width = this._scene?.nodeWidth ?? 0;
    return this._scene?.nodes.find(
      node =>
        at.x >= node.x &&
        at.x <= node.x + width &&
        at.y >= node.y &&
        at.y <= node.y + NODE_HEIGHT
    );
  }

  /** The innermost open group whose head is there. */
  private headAt(point: IPoint): string | null {
    const { x, y, zoom } = this._view;
    const at = { x: (point.x - x) / zoom, y: (point.y - y) / zoom };
    const hit = this._scene?.groups.filter(
      group =>
        at.x >= group.x &&
        at.x <= group.x + group.width &&
        at.y >= group.y &&
        at.y <= group.y + GROUP.head
    );
    return hit?.[hit.length - 1]?.id ?? null;
  }

  /** Choose a task, or open or close a group. */
  private press(id: string | null): void {
    const node = id === null ? undefined : this._scene?.byId.get(id);
    if (id !== null && (!node || node.isGroup)) {
      this.events.onToggle(id);
    } else {
      this.events.onSelect(id);
    }
  }

  private local(event: MouseEvent): IPoint {
    const box = this.host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private readonly onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    this._isUntouched = false;
    if (event.shiftKey) {
      const across = event.deltaX || event.deltaY;
      this.setView({ ...this._view, x: this._view.x - across });
      return;
    }
    const step = Math.max(-60, Math.min(60, event.deltaY));
    this.setView(zoomAt(this._view, Math.exp(-step / 300), this.local(event)));
  };

  private readonly onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) {
      return;
    }
    const start = this.local(event);
    const before = this._view;
    let moved = false;
    const move = (next: PointerEvent): void => {
      const at = this.local(next);
      const [dx, dy] = [at.x - start.x, at.y - start.y];
      moved ||= Math.hypot(dx, dy) > CLICK_DISTANCE;
      if (moved) {
        this._isUntouched = false;
        this.setView({ ...before, x: before.x + dx, y: before.y + dy });
      }
    };
    const up = (next: PointerEvent): void => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      if (!moved) {
        this.press(
          this.nodeAt(this.local(next))?.id ?? this.headAt(this.local(next))
        );
      }
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
  };

  private readonly onKeyDown = (event: KeyboardEvent): void => {
    const taskId = (event.target as HTMLElement).dataset.task;
    if (!taskId || !this._scene) {
      return;
    }
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.press(taskId);
      return;
    }
    const next = neighbour(this._scene, taskId, event.key);
    if (next) {
      event.preventDefault();
      this.focus(next);
    }
  };

  private readonly onFocus = (event: FocusEvent): void => {
    this.host.scrollTo(0, 0);
    const taskId = (event.target as HTMLElement).dataset.task;
    const node = taskId ? this._scene?.byId.get(taskId) : undefined;
    if (node && (event.target as HTMLElement).matches(':focus-visible')) {
      this.reveal(node);
    }
  };

  private readonly _canvas = document.createElement('canvas');
  private readonly _overlay = new Overlay();
  private readonly _observer = new ResizeObserver(() => this.resize());
  private readonly _themes = new MutationObserver(() => {
    this._palette = readPalette(this.host);
    this.schedule();
  });
  private _palette: IPalette;
  private _graph: IGraph | null = null;
  private _layout: ILayout | null = null;
  private _scene: IScene | null = null;
  private _view: IViewport = { x: 0, y: 0, zoom: 1 };
  private _size: ISize = { width: 0, height: 0 };
  private _selected: string | null = null;
  private _query = '';
  private _found: ReadonlySet<string> | null = null;
  private _isUntouched = true;
  private _isDisposed = false;
  private _frame = 0;
  private _ticker = 0;
}
