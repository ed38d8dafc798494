import * as React from 'react';

import type { IDagDetail } from '../api/types';
import type { DagTab } from '../models/dag';
import { Link } from '../parts/controls';
import { useSignal } from '../parts/hooks';
import { type ITab, Tabs } from '../parts/tabs';
import { Away } from '../panel/away';
import { TaskColumn } from '../task/task-column';
import { hasEnded } from '../words/states';
import { CodeTab } from '../code/code-tab';
import { BrokenFile } from './broken-file';
import { DetailsTab } from './details-tab';
import { GraphTab } from './graph-tab';
import { Header } from './header';
import { NotebookNote } from './notebook-note';
import type { IPageContext } from './page-context';
import { Unknown } from './unknown';

const TABS: ITab<DagTab>[] = [
  { id: 'graph', text: 'Graph' },
  { id: 'code', text: 'Code' },
  { id: 'details', text: 'Details' }
];

/** A DAG's page: header, tabs, and the chosen task beside the view. */
export function PageView({ context }: { context: IPageContext }): JSX.Element {
  const { model, workflow } = context;
  useSignal(model.changed);
  const { detail, graph } = model;
  return (
    <>
      <Away live={workflow.live} />
      {detail ? (
        <>
          <Header
            detail={detail}
            run={graph?.run ?? null}
            trigger={context.trigger}
            setPaused={context.setPaused}
            openMenu={context.openMenu}
          />
          <Tabs
            tabs={TABS}
            current={model.tab}
            label="Views of the DAG"
            onPick={tab => model.show({ tab })}
          />
          <BrokenNote context={context} detail={detail} />
          <PausedNote context={context} />
          {detail.notebook && (
            <NotebookNote context={context} detail={detail} />
          )}
          <Body context={context} />
        </>
      ) : (
        <Unknown
          model={model}
          dags={workflow.dags}
          openFile={context.openDagFile}
        />
      )}
    </>
  );
}

function Body({ context }: { context: IPageContext }): JSX.Element | null {
  const { model } = context;
  const { detail, graph, tab } = model;
  if (!detail) {
    return null;
  }
  if (tab === 'code') {
    return <CodeTab context={context} detail={detail} />;
  }
  if (tab === 'details') {
    return <DetailsTab detail={detail} />;
  }
  return (
    <div className="couture-Body" role="tabpanel" aria-label="Graph">
      {graph ? (
        <GraphTab context={context} graph={graph} />
      ) : (
        <Problem text={model.error} />
      )}
      {graph?.run && model.taskId && (
        <TaskColumn key={graph.run.run_id} context={context} />
      )}
    </div>
  );
}

interface INoteProps {
  context: IPageContext;
  detail: IDagDetail;
}

function BrokenNote({ context, detail }: INoteProps): JSX.Element | null {
  const { dags } = context.workflow;
  useSignal(dags.changed);
  const error = dags.importErrors.find(
    each => each.filename === detail.file_path
  );
  return error ? (
    <BrokenFile error={error} openFile={context.openDagFile} />
  ) : null;
}

/** A run of a paused DAG waits, which is not seen from its state alone. */
function PausedNote({
  context
}: {
  context: IPageContext;
}): JSX.Element | null {
  const { detail, graph } = context.model;
  if (!detail?.is_paused || !graph?.run || hasEnded(graph.run.state)) {
    return null;
  }
  return (
    <p className="couture-Note" role="status">
      This run waits: the DAG is paused.
      <Link text="Switch on" onClick={() => context.setPaused(false)} />
    </p>
  );
}

function Problem({ text }: { text: string | null }): JSX.Element | null {
  return text ? (
    <p className="couture-Problem" role="alert">
      {text}
    </p>
  ) : null;
}
