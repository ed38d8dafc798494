import * as React from 'react';

import { Button, Link } from '../parts/controls';
import { flowIcon } from '../parts/icons';

/** What the list says before there is any DAG. */
export function NoDags({ schedule }: { schedule: () => void }): JSX.Element {
  return (
    <div className="couture-Empty">
      <flowIcon.react tag="span" height="28px" width="28px" />
      <strong>No DAGs yet</strong>
      <p>Schedule a notebook, or write a DAG file into the folder dags.</p>
      <Button text="Schedule a notebook" kind="primary" onClick={schedule} />
    </div>
  );
}

/** What the list says when nothing matches. */
export function NoHits(props: {
  query: string;
  clear: () => void;
}): JSX.Element {
  const what = props.query ? `“${props.query}”` : 'this filter';
  return (
    <div className="couture-Empty">
      <p>No DAG matches {what}.</p>
      <Link text="Clear the filter" onClick={props.clear} />
    </div>
  );
}

/** Grey rows for the first load; CSS shows them after 200 ms only. */
export function Skeleton(): JSX.Element {
  return (
    <div className="couture-Skeleton" aria-label="Loading">
      {[0, 1, 2].map(n => (
        <div key={n} className="couture-Skeleton-row" />
      ))}
    </div>
  );
}
