import type { Change } from '../api/types';

/** Keeps the changes that happen while answers are awaited, which may be older than they are. */
export class Missed {
  push(changes: readonly Change[]): void {
    for (const list of this._lists) {
      list.push(...changes);
    }
  }

  /** The answer, and the changes since it was asked for. */
  async during<T>(ask: () => Promise<T>): Promise<[T, readonly Change[]]> {
    const list: Change[] = [];
    this._lists.add(list);
    try {
      return [await ask(), list];
    } finally {
      this._lists.delete(list);
    }
  }

  private readonly _lists = new Set<Change[]>();
}
