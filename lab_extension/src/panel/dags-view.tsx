import { refreshIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Chip, IconButton, Link, SearchBox } from '../parts/controls';
import { useSignal } from '../parts/hooks';
import type { IDag } from '../api/types';
import { maySchedule } from '../menu/entries';
import type { IWorkflow } from '../tokens';
import { capital, count } from '../words/time';
import { Away } from './away';
import { DagList } from './dag-list';
import type { IRowActions } from './dag-row';
import { NoDags, NoHits, Skeleton } from './empty-list';
import { ImportErrors } from './import-errors';
import { type IListingState, useListing } from './use-listing';

export interface IPanelActions extends IRowActions {
  schedule: () => void;
  openFile: (path: string, line: number | null) => void;
}

interface IViewProps {
  workflow: IWorkflow;
  actions: IPanelActions;
  current: string | null;
}

/** The side panel's content: filter, chips, rows, import errors. */
export function DagsView({
  workflow,
  actions,
  current
}: IViewProps): JSX.Element {
  const { dags, live, me, status } = workflow;
  useSignal(dags.changed);
  useSignal(me.changed);
  useSignal(status.changed);
  const list = useListing(dags, status.status?.workflow_user ?? '');
  return (
    <>
      <header className="couture-Panel-head">
        <div className="couture-Panel-filter">
          <SearchBox
            value={list.query}
            placeholder="Filter DAGs"
            icon={searchIcon}
            hint="/"
            onChange={list.setQuery}
            onKeyDown={event => leaveFilter(event, () => list.setQuery(''))}
          />
          <IconButton
            icon={refreshIcon}
            label="Read again"
            onClick={() => void dags.refresh()}
          />
        </div>
        <div className="couture-Chips" role="group" aria-label="Show">
          {list.chips.map(chip => (
            <Chip
              key={chip}
              text={capital(chip)}
              count={list.counts[chip]}
              pressed={list.chip === chip}
              onClick={() => list.choose(list.chip === chip ? 'all' : chip)}
            />
          ))}
        </div>
      </header>
      <div className="couture-Panel-body">
        <Away live={live} />
        <Body {...{ workflow, actions, current, list }} />
        {list.hiddenPaused > 0 && (
          <div className="couture-Panel-more">
            {count(list.hiddenPaused, 'paused DAG')} hidden.{' '}
            <Link text="Show paused" onClick={() => list.choose('all')} />
          </div>
        )}
      </div>
      <ImportErrors errors={dags.importErrors} openFile={actions.openFile} />
    </>
  );
}

/** Esc empties the filter; down and Enter go on to the rows that it found. */
function leaveFilter(event: React.KeyboardEvent, clear: () => void): void {
  const panel = event.currentTarget.closest('.couture-Panel');
  if (event.key === 'Escape') {
    clear();
  } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
    event.preventDefault();
    panel?.querySelector<HTMLElement>('.couture-Row')?.focus();
  }
}

interface IBodyProps extends IViewProps {
  list: IListingState;
}

function Body(props: IBodyProps): JSX.Element | null {
  const { workflow, actions, current, list } = props;
  const { dags, live, me } = workflow;
  if (!dags.isLoaded) {
    return live.state === 'away' ? null : <Skeleton />;
  }
  if (!dags.rows.length) {
    return dags.error ? (
      <Problem text={dags.error} />
    ) : (
      <NoDags schedule={maySchedule(me) ? actions.schedule : null} />
    );
  }
  if (!list.rows.length) {
    const clear = (): void => {
      list.setQuery('');
      list.choose('all');
    };
    return <NoHits query={list.query} clear={clear} />;
  }
  const { open, trigger, openMenu } = actions;
  const setPaused = (row: IDag, paused: boolean): void => {
    list.keep(row.dag_id);
    actions.setPaused(row, paused);
  };
  return (
    <DagList
      rows={list.rows}
      {...{ current, open, trigger, setPaused, openMenu }}
    />
  );
}

function Problem({ text }: { text: string }): JSX.Element {
  return (
    <div className="couture-Empty" role="alert">
      <p>{text}</p>
    </div>
  );
}
