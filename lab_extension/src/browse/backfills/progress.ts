/** How far a backfill is, in figures and words. Pure. */
import type { IBackfill } from '../../api/automation-types';
import { count } from '../../words/time';

const ENDED = ['success', 'failed'];
const OPEN = ['running', 'queued', 'waiting'];
const CANCELLED = 'cancelled';

export interface IProgress {
  /** Of the dates that get a run: how many have ended, and how many there are. */
  done: number;
  total: number;
  /** Parts of a bar: a state of runs, and its share in percent. */
  shares: { state: string; runs: number; percent: number }[];
  /** "12 of 31, 2 failed, 19 cancelled". */
  words: string;
}

export function progressOf({ counts }: IBackfill): IProgress {
  const of = (states: string[]): number =>
    states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const done = of(ENDED);
  const cancelled = of([CANCELLED]);
  const total = done + of(OPEN) + cancelled;
  const whole = Math.max(total, 1);
  const shares = [...ENDED, 'running', 'queued'].flatMap(state =>
    counts[state]
      ? [
          {
            state,
            runs: counts[state],
            percent: (100 * counts[state]) / whole
          }
        ]
      : []
  );
  const failed = of(['failed']);
  const words = [
    `${done} of ${total}`,
    ...(failed ? [`${failed} failed`] : []),
    ...(cancelled ? [`${cancelled} cancelled`] : [])
  ];
  return { done, total, shares, words: words.join(', ') };
}

/** The state whose mark stands for a backfill, and what is said of it. */
export function standing(
  backfill: IBackfill,
  isDagPaused: boolean
): [state: string, words: string] {
  const { counts, completed_at, is_paused } = backfill;
  if (completed_at) {
    if (counts[CANCELLED]) {
      return ['skipped', 'Cancelled'];
    }
    return counts.failed
      ? ['failed', `Done, ${counts.failed} failed`]
      : ['success', 'Done'];
  }
  if (is_paused) {
    return ['deferred', 'Paused'];
  }
  return isDagPaused
    ? ['queued', 'Waits: the DAG is paused']
    : ['running', 'Running'];
}

/** "failed ones again, 3 runs at once, newest first". */
export function orderWords(backfill: IBackfill): string {
  const {
    reprocess_behavior: again,
    run_backwards,
    max_active_runs
  } = backfill;
  const words = [`${count(max_active_runs, 'run')} at once`];
  if (again !== 'none') {
    words.unshift(
      again === 'failed' ? 'failed ones again' : 'all of them again'
    );
  }
  if (run_backwards) {
    words.push('newest first');
  }
  return words.join(', ');
}
