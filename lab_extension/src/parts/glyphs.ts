/** Marks of states and signs of operators as path data, for SVG and canvas alike (16 x 16). */
import type { StateName } from '../words/states';

/**
 * How a path is painted: in the state's colour (`fill`, `line`, `faint`),
 * or cut out of a filled disc (`cut`, `cutLine`).
 */
export type Paint = 'fill' | 'line' | 'faint' | 'cut' | 'cutLine';

export interface IShape {
  d: string;
  paint: Paint;
  dash?: number[];
}

const DISC: IShape = { d: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Z', paint: 'fill' };
const RING: IShape = {
  d: 'M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5Z',
  paint: 'line'
};

export const MARKS: Record<StateName, IShape[]> = {
  success: [DISC, { d: 'M4.8 8.3 7.1 10.5 11.3 5.9', paint: 'cutLine' }],
  failed: [
    DISC,
    { d: 'M5.6 5.6 10.4 10.4M10.4 5.6 5.6 10.4', paint: 'cutLine' }
  ],
  upstream_failed: [
    DISC,
    { d: 'M8 11.7V4.9M5.1 7.5 8 4.6 10.9 7.5', paint: 'cutLine' }
  ],
  skipped: [
    DISC,
    { d: 'M5 4.9 9 8 5 11.1Z', paint: 'cut' },
    { d: 'M10.7 5V11', paint: 'cutLine' }
  ],
  running: [
    { ...RING, paint: 'faint' },
    { d: 'M8 1.75a6.25 6.25 0 0 1 0 12.5', paint: 'line' },
    { d: 'M6.5 5.2 11 8 6.5 10.8Z', paint: 'fill' }
  ],
  up_for_retry: [
    { d: 'M13.2 9.6A5.6 5.6 0 1 1 12.4 4.6', paint: 'line' },
    { d: 'M13.6 1.6V6.2H9Z', paint: 'fill' }
  ],
  up_for_reschedule: [RING, { d: 'M8 4.6V8.2L10.4 9.8', paint: 'line' }],
  deferred: [RING, { d: 'M6.3 5.6V10.4M9.7 5.6V10.4', paint: 'line' }],
  queued: [RING, { d: dots(4.9, 8, 11.1), paint: 'fill' }],
  scheduled: [
    RING,
    { d: 'M8 5.8a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 0 1 0-4.4Z', paint: 'fill' }
  ],
  none: [{ ...RING, dash: [2.4, 2.5] }]
};

export type OperatorKind = keyof typeof SIGNS;

/** One line drawing each, stroke 1.3. */
const SIGNS = {
  python: 'M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4',
  bash: 'M2.5 4.5 6 8l-3.5 3.5M8 11.5h5.5',
  spark: 'M8 2l1.3 4.7L14 8l-4.7 1.3L8 14 6.7 9.3 2 8l4.7-1.3Z',
  notebook: 'M4 2.5h8.5v11H4ZM6.2 2.5v11M2.5 5h2M2.5 8h2M2.5 11h2M8.2 5.5h2.6',
  dag: 'M6.8 2.5a4.3 4.3 0 1 1 0 8.6a4.3 4.3 0 0 1 0-8.6ZM10 10l3.8 3.8M6.8 5v3.6M5 6.8h3.6',
  sensor:
    'M1.5 8C4.5 3.4 11.5 3.4 14.5 8C11.5 12.6 4.5 12.6 1.5 8ZM8 6.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 0 1 0-3.6Z',
  mail: 'M2 3.5h12v9H2ZM2 4.5l6 4.5 6-4.5',
  branch:
    'M4 14V2.5M1.8 4.8 4 2.5l2.2 2.3M4 11C4 8 11.5 9 11.5 3M9.3 5.3 11.5 3l2.2 2.3',
  empty: 'M8 3a5 5 0 1 1 0 10a5 5 0 0 1 0-10Z',
  other: 'M3 3h10v10H3Z'
} as const;

/** The drawing for an operator kind of the server; unknown kinds get a plain box. */
export function signOf(kind: string): string {
  return kind in SIGNS ? SIGNS[kind as OperatorKind] : SIGNS.other;
}

function dots(...xs: number[]): string {
  return xs.map(x => `M${x - 1} 8a1 1 0 1 1 2 0a1 1 0 0 1-2 0Z`).join('');
}
