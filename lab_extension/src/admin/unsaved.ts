import type { ISignal } from '@lumino/signaling';

/** A page's state that can have changes that are not saved. */
export interface IUnsaved {
  readonly isDirty: boolean;
  readonly changed: ISignal<unknown, void>;
  /** Read afresh what the server has; changes that are not saved stay. */
  refresh(): Promise<void>;
  dispose(): void;
}
