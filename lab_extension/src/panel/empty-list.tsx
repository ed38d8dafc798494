import * as React from 'react';

import { Button, Link } from '../parts/controls';
import { flowIcon } from '../parts/icons';

/** What the list says before there is any DAG. */
export function NoDags({
  schedule
}: {
  /** Null for those who may not write DAGs. */
  schedule: (() => void) | null;
}): JSX.Element {
  return (
    <div className="couture-Empty">
      <flowIcon.react tag="span" height="28px" width="28px" />
      <strong>No DAGs yet</strong>
      {schedule ? (
        <>
          <p>Schedule a notebook, or add a DAG file under Manage DAGs.</p>
          <Button
            text="Schedule a notebook"
            kind="primary"
            onClick={schedule}
          />
        </>
      ) : (
        <p>There is no DAG that your roles let you see.</p>
      )}
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
