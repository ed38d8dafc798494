/** All DAGs that the user may see, kept fresh by the live socket. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { Client } from '../api/client';
import { sentence } from '../api/errors';
import type { Live } from '../api/live';
import type { Change, IDag, IDagList, IImportError } from '../api/types';
import { Missed } from './missed';
import { reduceErrors, reduceRows } from './reduce';

interface IRead {
  rows: readonly IDag[];
  errors: readonly IImportError[];
}

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
    try {
      const [{ rows, errors }, missed] = await this._missed.during(() =>
        this.read()
      );
      this._rows = rows;
      this._importErrors = errors;
      this._error = null;
      this.take(missed);
    } catch (error) {
      this._error = sentence(error);
    }
    this._isLoaded = true;
    this._changed.emit();
  }

  /** Read page by page; where nothing is shown yet, what has come is shown while the rest follows. */
  private async read(): Promise<IRead> {
    const rows: IDag[] = [];
    const errors: IImportError[] = [];
    const isFirst = !this._rows.length;
    let after: string | null = null;
    do {
      const page: IDagList = await this.client.dags(after);
      rows.push(...page.dags);
      errors.push(...page.import_errors);
      after = page.next;
      if (isFirst && after !== null) {
        this._rows = [...rows];
        this._isLoaded = true;
        this._changed.emit();
      }
    } while (after !== null);
    return { rows, errors };
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

  private apply(changes: readonly Change[]): void {
    this._missed.push(changes);
    if (this._isLoaded) {
      this.take(changes);
      this._changed.emit();
    }
  }

  private take(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'import_error') {
        this._importErrors = reduceErrors(this._importErrors, change);
      } else {
        this._rows = reduceRows(this._rows, change);
      }
    }
  }

  private _rows: readonly IDag[] = [];
  private _importErrors: readonly IImportError[] = [];
  private _isLoaded = false;
  private _error: string | null = null;
  private readonly _missed = new Missed();
  private readonly _changed = new Signal<this, void>(this);
}
