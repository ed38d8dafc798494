import * as React from 'react';

import { Button } from '../parts/controls';
import { Counts } from '../parts/counts';
import { flowIcon } from '../parts/icons';
import { StateMark } from '../parts/state-mark';
import { ChildPreview, type IChildProps } from './child-preview';
import { useLinger } from './linger';

/** What the task starts, with the way into it; hover and focus show the preview. */
export function ChildLink(props: IChildProps): JSX.Element {
  const { dagId, run, open } = props;
  const [isShown, linger] = useLinger();
  return (
    <div className="couture-ChildLink" {...linger}>
      <StateMark state={run?.state} size={14} />
      <strong title={dagId}>{dagId}</strong>
      {run ? (
        <Counts counts={run.counts} />
      ) : (
        <span className="couture-Secondary">not started</span>
      )}
      <Button
        text="Zoom into DAG"
        icon={flowIcon}
        onClick={() => open({ dag_id: dagId, run_id: run?.run_id })}
      />
      {isShown && (
        <div
          className="couture-Child"
          role="group"
          aria-label={`Preview of ${dagId}`}
        >
          <ChildPreview {...props} isPlain />
        </div>
      )}
    </div>
  );
}
