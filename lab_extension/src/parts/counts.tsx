import * as React from 'react';

import { sortedCounts, stateWords } from '../words/states';
import { StateMark } from './state-mark';

/** A mark and a number for each state that occurs. */
export function Counts(props: {
  counts: Record<string, number>;
  size?: number;
}): JSX.Element {
  return (
    <span className="couture-Counts">
      {sortedCounts(props.counts).map(([state, n]) => (
        <span
          key={state}
          className={`couture-Count couture-s-${state.replace(/_/g, '-')}`}
          title={`${n} ${stateWords(state).toLowerCase()}`}
        >
          <StateMark state={state} size={props.size ?? 12} label />
          {n}
        </span>
      ))}
    </span>
  );
}
