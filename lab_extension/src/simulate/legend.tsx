import * as React from 'react';

import type { ISimulated } from '../api/automation-types';
import { StateMark } from '../parts/state-mark';
import { stateName, STATES, stateWords } from '../words/states';

/** The states that occur, and the marks beside them. */
export function Legend({ found }: { found: ISimulated }): JSX.Element {
  const tasks = found.runs.flatMap(run => run.tasks);
  const states = new Set(tasks.map(task => stateName(task.state)));
  const isCatchingUp = found.runs.some(
    run => Date.parse(run.run_after) < Date.parse(found.begin)
  );
  return (
    <ul className="couture-Legend" aria-label="Legend">
      {STATES.filter(state => states.has(state)).map(state => (
        <li key={state}>
          <StateMark state={state} size={14} />
          {stateWords(state)}
        </li>
      ))}
      {tasks.some(task => task.tries.length > 1) && (
        <li>
          <span className="couture-Legend-retried" />
          Retried
        </li>
      )}
      {found.sla_misses.length > 0 && (
        <li>
          <span className="couture-Legend-late" />
          SLA missed
        </li>
      )}
      {isCatchingUp && (
        <li>
          <span className="couture-Legend-catchUp" />
          Catches up
        </li>
      )}
    </ul>
  );
}
