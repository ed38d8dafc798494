import * as React from 'react';

import type { IRunSummary } from '../api/types';
import { stateWords } from '../words/states';
import { duration, moment } from '../words/time';
import { stateClass } from './state-mark';

const HEIGHT = 14;
const SHORTEST = 4;

/** Ten bars for the last runs: height is duration, colour is state. */
export function RunBars({ runs }: { runs: IRunSummary[] }): JSX.Element {
  const longest = Math.max(...runs.map(run => run.duration ?? 0), 0.001);
  const now = new Date();
  return (
    <span className="couture-Bars" aria-hidden>
      {runs.slice(-10).map(run => (
        <span
          key={run.run_id}
          className={`couture-Bar ${stateClass(run.state)}`}
          title={title(run, now)}
          style={{ height: barHeight(run.duration, longest) }}
        />
      ))}
    </span>
  );
}

function barHeight(seconds: number | null, longest: number): number {
  const share = seconds === null ? 0.5 : seconds / longest;
  return Math.round(SHORTEST + (HEIGHT - SHORTEST) * Math.min(1, share));
}

function title(run: IRunSummary, now: Date): string {
  const words = [
    moment(run.run_after, now),
    stateWords(run.state).toLowerCase()
  ];
  return [...words, duration(run.duration)].filter(Boolean).join(', ');
}
