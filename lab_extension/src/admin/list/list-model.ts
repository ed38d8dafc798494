/** A list of one kind of things, a page at a time: filtered, ordered, read again. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { IListQuery, IPage } from '../../api/admin-types';
import { sentence } from '../../api/errors';

export const PAGE_SIZE = 50;
const TYPING_PAUSE = 200;

export class ListModel<T> {
  constructor(
    private readonly load: (query: IListQuery) => Promise<IPage<T>>,
    order: string
  ) {
    this._order = order;
    void this.refresh();
  }

  get rows(): readonly T[] {
    return this._rows;
  }

  get total(): number {
    return this._total;
  }

  get search(): string {
    return this._search;
  }

  get offset(): number {
    return this._offset;
  }

  /** The column that the list is ordered by; a minus in front turns it round. */
  get order(): string {
    return this._order;
  }

  get isLoaded(): boolean {
    return this._isLoaded;
  }

  /** Why the list may be old, or null. */
  get error(): string | null {
    return this._error;
  }

  readonly isDirty = false;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  setSearch(text: string): void {
    this._search = text;
    this._offset = 0;
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this.refresh(), TYPING_PAUSE);
    this._changed.emit();
  }

  setOffset(offset: number): void {
    this._offset = offset;
    void this.refresh();
  }

  /** Order by a column, or turn its order round. */
  orderBy(column: string): void {
    this._order = this._order === column ? `-${column}` : column;
    this._offset = 0;
    void this.refresh();
  }

  async refresh(): Promise<void> {
    const asked = ++this._asked;
    try {
      const page = await this.load({
        search: this._search.trim(),
        limit: PAGE_SIZE,
        offset: this._offset,
        order_by: this._order
      });
      if (asked !== this._asked) {
        return;
      }
      this._rows = page.rows;
      this._total = page.total;
      this._error = null;
    } catch (error) {
      this._error = sentence(error);
    }
    this._isLoaded = true;
    this._changed.emit();
  }

  /** Tell views of a change that is theirs alone. */
  touch(): void {
    this._changed.emit();
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private _rows: readonly T[] = [];
  private _total = 0;
  private _search = '';
  private _offset = 0;
  private _order: string;
  private _isLoaded = false;
  private _error: string | null = null;
  private _timer = 0;
  private _asked = 0;
  private readonly _changed = new Signal<this, void>(this);
}
