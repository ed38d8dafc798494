import * as React from 'react';

import type { ITaskInstance } from '../api/types';
import { useNow } from '../parts/hooks';
import { clockSeconds, duration, elapsed, tryWords, utc } from '../words/time';

/** Try, start, duration and worker, in one line. */
export function Facts({ task }: { task: ITaskInstance }): JSX.Element | null {
  const runs = task.state === 'running' && task.start_date !== null;
  const now = useNow(runs);
  if (!task.try_number) {
    return null;
  }
  const { start_date: start, hostname, pid } = task;
  const took = runs
    ? elapsed((now.getTime() - Date.parse(start ?? '')) / 1000)
    : duration(task.duration);
  return (
    <dl className="couture-Facts">
      <Fact name="Try" value={tryWords(task).replace('try ', '')} />
      {start && (
        <Fact name="Started" value={clockSeconds(start)} title={utc(start)} />
      )}
      {took && <Fact name={runs ? 'Running for' : 'Ran for'} value={took} />}
      {hostname && (
        <Fact
          name="Worker"
          value={hostname}
          title={pid ? `process ${pid}` : undefined}
        />
      )}
    </dl>
  );
}

function Fact(props: {
  name: string;
  value: string;
  title?: string;
}): JSX.Element {
  return (
    <div title={props.title}>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}
