import * as React from 'react';

import type { Live } from '../api/live';
import { Button } from '../parts/controls';
import { useNow, useSignal } from '../parts/hooks';
import { StateMark } from '../parts/state-mark';

/** Shown while no server answers: what is known stays, and when the next try is made. */
export function Away({ live }: { live: Live }): JSX.Element | null {
  useSignal(live.stateChanged);
  const away = live.state === 'away';
  const now = useNow(away);
  if (!away) {
    return null;
  }
  const wait = Math.max(
    0,
    Math.ceil(((live.nextTry ?? 0) - now.getTime()) / 1000)
  );
  return (
    <div className="couture-Away" role="status">
      <StateMark state="failed" />
      <span>
        <strong>No answer from the workflow service</strong>
        <span className="couture-Away-detail">
          Showing what was known.{' '}
          {wait ? `Trying again in ${wait} s.` : 'Trying now.'}
        </span>
      </span>
      <Button text="Try now" onClick={() => live.connect()} />
    </div>
  );
}
