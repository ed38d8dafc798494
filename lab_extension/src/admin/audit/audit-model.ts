/** The audit log as it is filtered, a page at a time. */
import { type ISignal, Signal } from '@lumino/signaling';

import { sentence } from '../../api/errors';
import type { SecurityApi } from '../../api/security';
import type { IAuditEntry, IAuditQuery } from '../../api/security-types';
import { EMPTY_FORM, type IAuditForm, queryOf } from './filter';

export const PAGE_SIZE = 50;
const TYPING_PAUSE = 250;

export class AuditModel {
  constructor(private readonly api: SecurityApi) {
    void this.refresh();
  }

  readonly isDirty = false;

  get entries(): readonly IAuditEntry[] {
    return this._entries;
  }

  get total(): number {
    return this._total;
  }

  get form(): IAuditForm {
    return this._form;
  }

  get offset(): number {
    return this._offset;
  }

  get order(): string {
    return this._order;
  }

  /** The entry whose before and after are shown. */
  get opened(): number | null {
    return this._opened;
  }

  get isLoaded(): boolean {
    return this._isLoaded;
  }

  get error(): string | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  filter(patch: Partial<IAuditForm>): void {
    this._form = { ...this._form, ...patch };
    this._offset = 0;
    this._opened = null;
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.refresh(), TYPING_PAUSE);
    this._changed.emit();
  }

  setOffset(offset: number): void {
    this._offset = offset;
    this._opened = null;
    void this.refresh();
  }

  orderBy(column: string): void {
    this._order = this._order === `-${column}` ? column : `-${column}`;
    this._offset = 0;
    void this.refresh();
  }

  /** Show an entry's details, or close them. */
  toggle(id: number): void {
    this._opened = this._opened === id ? null : id;
    this._changed.emit();
  }

  async refresh(): Promise<void> {
    const asked = ++this._asked;
    try {
      const log = await this.api.auditLogs(this.query());
      if (asked !== this._asked) {
        return;
      }
      this._entries = log.entries;
      this._total = log.total_entries;
      this._error = null;
    } catch (error) {
      this._error = sentence(error);
    }
    this._isLoaded = true;
    this._changed.emit();
  }

  /** All that the filter finds, as CSV. */
  export(): Promise<Blob> {
    const filter = queryOf(this._form, new Date());
    return this.api.exportAuditLogs({ ...filter, order_by: this._order });
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private query(): IAuditQuery {
    return {
      ...queryOf(this._form, new Date()),
      limit: PAGE_SIZE,
      offset: this._offset,
      order_by: this._order
    };
  }

  private _entries: readonly IAuditEntry[] = [];
  private _total = 0;
  private _form = EMPTY_FORM;
  private _offset = 0;
  private _order = '-when';
  private _opened: number | null = null;
  private _isLoaded = false;
  private _error: string | null = null;
  private _asked = 0;
  private _timer = 0;
  private readonly _changed = new Signal<this, void>(this);
}
