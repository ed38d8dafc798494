/** The states of runs and tasks as the user meets them. */

/** Every state with a colour and a mark of its own, in the order of the counts. */
export const STATES = [
  'success',
  'running',
  'up_for_retry',
  'failed',
  'upstream_failed',
  'up_for_reschedule',
  'skipped',
  'deferred',
  'queued',
  'scheduled',
  'none'
] as const;

export type StateName = (typeof STATES)[number];

const ALIASES: Record<string, StateName> = {
  restarting: 'running',
  removed: 'none',
  no_status: 'none'
};

const ENDED = new Set<StateName>([
  'success',
  'failed',
  'upstream_failed',
  'skipped'
]);

/** The state whose colour and mark stand for what the server sent. */
export function stateName(state: string | null | undefined): StateName {
  if (!state) {
    return 'none';
  }
  const known = (STATES as readonly string[]).includes(state);
  return known ? (state as StateName) : (ALIASES[state] ?? 'none');
}

/** "Upstream failed", "Not started". */
export function stateWords(state: string | null | undefined): string {
  const name = state && state !== 'no_status' ? state : 'not_started';
  const words = (name === 'none' ? 'not_started' : name).replace(/_/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** No more will happen to it unless somebody acts. */
export function hasEnded(state: string | null | undefined): boolean {
  return ENDED.has(stateName(state));
}

/** Counts as [state, number], in the order of STATES, without zeros. */
export function sortedCounts(
  counts: Record<string, number>
): [StateName, number][] {
  const sums = new Map<StateName, number>();
  for (const [state, n] of Object.entries(counts)) {
    const name = stateName(state);
    sums.set(name, (sums.get(name) ?? 0) + n);
  }
  return STATES.filter(state => sums.get(state)).map(state => [
    state,
    sums.get(state) ?? 0
  ]);
}
