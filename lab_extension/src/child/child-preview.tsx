import * as React from 'react';

import type { Client } from '../api/client';
import { sentence } from '../api/errors';
import type { IChildRun } from '../api/types';
import { GraphView } from '../graph/graph-view';
import { openAtFirst, shownGraph } from '../graph/groups';
import type { IDagArgs } from '../models/dag';
import { Link } from '../parts/controls';
import { Counts } from '../parts/counts';
import { useLoaded } from '../parts/hooks';
import { StateMark } from '../parts/state-mark';
import { count, moment, utc } from '../words/time';

export interface IChildProps {
  client: Client;
  dagId: string;
  /** The run that the task has started; null = none yet. */
  run: IChildRun | null;
  open: (args: IDagArgs) => void;
}

interface IPreviewProps extends IChildProps {
  /** The way into it stands beside the preview already. */
  isPlain?: boolean;
}

/** The DAG that a task starts, small: the state of its run, its graph, the way into it. */
export function ChildPreview(props: IPreviewProps): JSX.Element {
  const { client, dagId, run, open, isPlain } = props;
  const runId = run?.run_id ?? null;
  const { value: graph, error } = useLoaded(
    () => client.graph(dagId, runId),
    `${dagId} ${runId} ${run?.state} ${JSON.stringify(run?.counts)}`
  );
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (!host.current || !graph) {
      return;
    }
    const view = new GraphView(host.current, {
      onSelect: () => undefined,
      onZoom: () => undefined,
      onToggle: () => undefined
    });
    // Without a run of this task, the states of another one would mislead.
    const own = runId ? graph : { ...graph, run: null, states: {} };
    const shown = shownGraph(own, openAtFirst(own));
    void view.setGraph(shown.graph, shown.open);
    return () => view.dispose();
  }, [graph, runId]);
  return (
    <>
      <header>
        <StateMark state={run?.state} size={16} />
        <strong title={dagId}>{dagId}</strong>
        <span className="couture-Secondary">
          {graph && count(graph.nodes.length, 'task')}
        </span>
      </header>
      <p
        className="couture-Secondary"
        title={run ? utc(run.run_after) : undefined}
      >
        {run
          ? `started ${moment(run.run_after, new Date())}`
          : 'not started by this task yet'}
        {run && <Counts counts={run.counts} />}
      </p>
      {error ? (
        <p className="couture-FieldError">{sentence(error)}</p>
      ) : (
        <div ref={host} className="couture-Child-graph" aria-hidden />
      )}
      {!isPlain && (
        <Link
          text="Zoom into DAG"
          onClick={() => open({ dag_id: dagId, run_id: runId })}
        />
      )}
    </>
  );
}
