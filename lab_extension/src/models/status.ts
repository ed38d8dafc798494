/** Whether the scheduler works, and what runs at the moment. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { Client } from '../api/client';
import type { Live } from '../api/live';
import type { IStatus } from '../api/types';

export class StatusModel {
  constructor(
    private readonly client: Client,
    private readonly live: Live
  ) {
    live.opened.connect(() => void this.refresh());
    live.stateChanged.connect(() => this._changed.emit());
    live.changes.connect((_, changes) => {
      for (const change of changes) {
        if (change.kind === 'status') {
          this.set(change);
        }
      }
    });
  }

  /** What the server said last, or null before its first answer. */
  get status(): IStatus | null {
    return this._status;
  }

  /** The server cannot be reached; `status` is from before. */
  get isAway(): boolean {
    return this.live.state === 'away';
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  has(right: string): boolean {
    return this._status?.rights.includes(right) ?? false;
  }

  async refresh(): Promise<void> {
    try {
      this.set(await this.client.status());
    } catch {
      this._changed.emit();
    }
  }

  private set(status: IStatus): void {
    this._status = status;
    this._changed.emit();
  }

  private _status: IStatus | null = null;
  private readonly _changed = new Signal<this, void>(this);
}
