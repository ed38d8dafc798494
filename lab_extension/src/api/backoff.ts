const FIRST = 500;
const LONGEST = 15_000;

/** Milliseconds to wait before attempt `attempt` (0 = first); `noise` is in 0..1. */
export function retryDelay(attempt: number, noise: number): number {
  const delay = Math.min(LONGEST, FIRST * 2 ** attempt);
  return Math.round(delay * (0.75 + noise / 4));
}
