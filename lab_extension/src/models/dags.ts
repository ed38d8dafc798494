/** All DAGs that the user may see, kept fresh by the live socket. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { Client } from '../api/client';
import { sentence } from '../api/errors';
import type { Live } from '../api/live';
import type { Change, IDag, IImportError } from '../api/types';
import { reduceDag } from './reduce';

/** Counts come from the server; after a change they are read again, at most this often. */
const REFRESH_DELAY = 1000;
/** More changed DAGs than this, and one list is cheaper than a row each. */
const MANY = 5;

export class DagsModel {
  constructor(
    private readonly client: Client,
    live: Live
  ) {
    live.opened.connect(() => void this.refresh());
    live.changes.connect((_, changes) => this.apply(changes));
  }

  get rows(): readonly IDag[] {
    return this._rows;
  }

  get importErrors(): readonly IImportError[] {
    return this._importErrors;
  }

  /** False until the first answer, good or bad. */
  get isLoaded(): boolean {
    return this._isLoaded;
  }

  /** Why the shown data may be old, or null. */
  get error(): string | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  find(dagId: string): IDag | undefined {
    return this._rows.find(row => row.dag_id === dagId);
  }

  async refresh(): Promise<void> {
    this._dirty.clear();
    this._allDirty = false;
    try {
      const { dags, import_errors } = await this.client.dags();
      this._rows = dags;
      this._importErrors = import_errors;
      this._error = null;
    } catch (error) {
      this._error = sentence(error);
    }
    this._isLoaded = true;
    this._changed.emit();
  }

  /** Switch a DAG on or off; shown at once, taken back if the server says no. */
  async setPaused(dagId: string, isPaused: boolean): Promise<void> {
    this.patch(dagId, row => ({ ...row, is_paused: isPaused }));
    try {
      await this.client.setPaused(dagId, isPaused);
    } catch (error) {
      this.patch(dagId, row => ({ ...row, is_paused: !isPaused }));
      throw error;
    }
  }

  private patch(dagId: string, update: (row: IDag) => IDag): void {
    this._rows = this._rows.map(row =>
      row.dag_id === dagId ? update(row) : row
    );
    this._changed.emit();
  }

  private apply(changes: Change[]): void {
    for (const change of changes) {
      if (change.kind === 'status') {
        continue;
      }
      this._rows = this._rows.map(row => reduceDag(row, change));
      this.markDirty(change);
    }
    this._changed.emit();
    this.scheduleRefresh();
  }

  private markDirty(change: Change): void {
    if ('dag_id' in change && this.find(change.dag_id)) {
      const gone = change.kind === 'dag' && change.event === 'removed';
      this._allDirty ||= gone;
      this._dirty.add(change.dag_id);
    } else if (change.kind !== 'status') {
      this._allDirty = true;
    }
  }

  private scheduleRefresh(): void {
    if (this._timer || !(this._allDirty || this._dirty.size)) {
      return;
    }
    this._timer = window.setTimeout(() => {
      this._timer = 0;
      void this.refreshDirty();
    }, REFRESH_DELAY);
  }

  private async refreshDirty(): Promise<void> {
    if (this._allDirty || this._dirty.size > MANY) {
      return this.refresh();
    }
    const ids = [...this._dirty];
    this._dirty.clear();
    try {
      const rows = await Promise.all(ids.map(id => this.client.dag(id)));
      const fresh = new Map(rows.map(row => [row.dag_id, row]));
      this._rows = this._rows.map(row => fresh.get(row.dag_id) ?? row);
      this._changed.emit();
    } catch {
      await this.refresh();
    }
  }

  private _rows: readonly IDag[] = [];
  private _importErrors: readonly IImportError[] = [];
  private _isLoaded = false;
  private _error: string | null = null;
  private _timer = 0;
  private _allDirty = false;
  private readonly _dirty = new Set<string>();
  private readonly _changed = new Signal<this, void>(this);
}
