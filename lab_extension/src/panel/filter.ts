/** Which DAGs the side panel lists. */
import type { IDag } from '../api/types';

export type ChipName = 'active' | 'paused' | 'failed' | 'mine';

const CHIPS: readonly ChipName[] = ['active', 'paused', 'failed', 'mine'];

const TESTS: Record<ChipName, (row: IDag) => boolean> = {
  active: row => !row.is_paused,
  paused: row => row.is_paused,
  failed: row => row.last_run?.state === 'failed',
  mine: row => row.mine
};

export interface IListing {
  /** The chip that is in effect; null lists everything. */
  chip: ChipName | null;
  rows: IDag[];
  counts: Record<ChipName, number>;
  /** The chips that are offered: "mine" only where it tells DAGs apart. */
  chips: ChipName[];
  /** Paused DAGs that are not listed, and would match the words typed. */
  hiddenPaused: number;
}

/** What is listed until the user chooses: active DAGs, or all of them while none is on. */
export function firstChoice(all: readonly IDag[]): ChipName | 'all' {
  return all.some(TESTS.active) ? 'active' : 'all';
}

/**
 * What is listed under a choice and with words to look for.
 * Rows in `kept` stay whatever the choice: they were switched while they were seen.
 */
export function listing(
  all: readonly IDag[],
  chosen: ChipName | 'all',
  query: string,
  kept: ReadonlySet<string> = new Set()
): IListing {
  const counts = countChips(all);
  const chip = chosen === 'all' ? null : chosen;
  const found = all.filter(row => matches(row, query));
  const chips = CHIPS.filter(
    name => name !== 'mine' || name === chip || tellsApart(counts.mine, all)
  );
  const rows = chip
    ? found.filter(row => TESTS[chip](row) || kept.has(row.dag_id))
    : found;
  const hiddenPaused = chip === 'active' ? found.length - rows.length : 0;
  return { chip, chips, rows, counts, hiddenPaused };
}

function tellsApart(mine: number, all: readonly IDag[]): boolean {
  return mine > 0 && mine < all.length;
}

function countChips(all: readonly IDag[]): Record<ChipName, number> {
  const counts = { active: 0, paused: 0, failed: 0, mine: 0 };
  for (const row of all) {
    for (const chip of CHIPS) {
      counts[chip] += TESTS[chip](row) ? 1 : 0;
    }
  }
  return counts;
}

/** Every word must occur in the name, a tag, an owner or the file's path. */
function matches(row: IDag, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const names = [
    row.dag_id,
    row.display_name,
    row.file_path,
    ...row.tags,
    ...row.owners
  ];
  const text = names.join('\n').toLowerCase();
  return words.every(word => text.includes(word));
}
