/** Who uses this page, and what that person may do. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { Client } from '../api/client';
import type { Live } from '../api/live';
import type { IMe } from '../api/security-types';

export class MeModel {
  constructor(
    private readonly client: Client,
    live: Live
  ) {
    live.opened.connect(() => void this.refresh());
    client.requests.refused.connect(() => void this.refresh());
  }

  /** What the server said last, or null before its first answer. */
  get me(): IMe | null {
    return this._me;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isAdmin(): boolean {
    return this._me?.is_admin ?? false;
  }

  /** Somebody alone has no accounts, roles or directory. */
  get isSolo(): boolean {
    return this._me?.origin === 'solo';
  }

  /** Whether a permission is held on at least one DAG. */
  has(right: string): boolean {
    return this._me?.rights.includes(right) ?? false;
  }

  hasMenu(menu: string): boolean {
    return this._me?.menus.includes(menu) ?? false;
  }

  /** Ask again; while one question is open there is no second one. */
  async refresh(): Promise<void> {
    if (this._isAsking) {
      return;
    }
    this._isAsking = true;
    try {
      this._me = await this.client.security.me();
      this._changed.emit();
    } catch {
      // The last answer stays; the server decides anyway.
    } finally {
      this._isAsking = false;
    }
  }

  private _me: IMe | null = null;
  private _isAsking = false;
  private readonly _changed = new Signal<this, void>(this);
}
