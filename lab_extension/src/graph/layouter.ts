/** Layouts made off the main thread, and remembered by structure. */
import type { IGraph } from '../api/types';
import type { ILayout, ILayoutRequest, IOpenGroup } from './layout';

const REMEMBERED = 20;

export class Layouter {
  /** The layout of the graph's structure; the same structure gives the same object. */
  layout(graph: IGraph, groups: IOpenGroup[] = []): Promise<ILayout> {
    const request = {
      ids: graph.nodes.map(node => node.task_id),
      edges: graph.edges,
      names: graph.nodes.map(({ label, is_mapped }) =>
        is_mapped ? `${label} [00]` : label
      ),
      lines: [...new Set(graph.nodes.map(node => node.operator))],
      groups
    };
    const key = JSON.stringify(request);
    const known = this._known.get(key) ?? this.compute(request);
    this._known.delete(key);
    this._known.set(key, known);
    if (this._known.size > REMEMBERED) {
      this._known.delete(this._known.keys().next().value as string);
    }
    return known;
  }

  private compute(request: ILayoutRequest): Promise<ILayout> {
    const id = ++this._lastId;
    this._worker ??= this.startWorker();
    this._worker.postMessage({ id, request });
    return new Promise(resolve => this._waiting.set(id, resolve));
  }

  private startWorker(): Worker {
    const worker = new Worker(new URL('./layout.worker.js', import.meta.url));
    worker.onmessage = (
      event: MessageEvent<{ id: number; layout: ILayout }>
    ) => {
      const { id, layout } = event.data;
      this._waiting.get(id)?.(layout);
      this._waiting.delete(id);
    };
    return worker;
  }

  private _worker: Worker | null = null;
  private _lastId = 0;
  private readonly _known = new Map<string, Promise<ILayout>>();
  private readonly _waiting = new Map<number, (layout: ILayout) => void>();
}

export const layouter = new Layouter();
