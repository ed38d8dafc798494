import { refreshIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Chip, IconButton, Link, SearchBox } from '../parts/controls';
import { useSignal } from '../parts/hooks';
import type { IWorkflow } from '../tokens';
import { capital, count } from '../words/time';
import { Away } from './away';
import { DagList } from './dag-list';
import type { IRowActions } from './dag-row';
import { NoDags, NoHits, Skeleton } from './empty-list';
import {
  type ChipName,
  CHIPS,
  firstChoice,
  type IListing,
  listing
} from './filter';
import { ImportErrors } from './import-errors';

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
  const { dags, live } = workflow;
  useSignal(dags.changed);
  const [query, setQuery] = React.useState('');
  const [chosen, setChosen] = React.useState<ChipName | 'all' | null>(null);
  const first = React.useRef<ChipName | 'all' | null>(null);
  if (dags.rows.length) {
    // Kept once known: rows do not vanish because the first DAG is switched on.
    first.current ??= firstChoice(dags.rows);
  }
  const list = listing(dags.rows, chosen ?? first.current ?? 'all', query);
  const clear = (): void => {
    setQuery('');
    setChosen('all');
  };
  return (
    <>
      <header className="couture-Panel-head">
        <div className="couture-Panel-filter">
          <SearchBox
            value={query}
            placeholder="Filter DAGs"
            icon={searchIcon}
            hint="/"
            onChange={setQuery}
            onKeyDown={event => event.key === 'Escape' && setQuery('')}
          />
          <IconButton
            icon={refreshIcon}
            label="Read again"
            onClick={() => void dags.refresh()}
          />
        </div>
        <div className="couture-Chips" role="group" aria-label="Show">
          {CHIPS.map(chip => (
            <Chip
              key={chip}
              text={capital(chip)}
              count={list.counts[chip]}
              pressed={list.chip === chip}
              onClick={() => setChosen(list.chip === chip ? 'all' : chip)}
            />
          ))}
        </div>
      </header>
      <div className="couture-Panel-body">
        <Away live={live} />
        <Body {...{ workflow, actions, current, list, query, clear }} />
        {list.hiddenPaused > 0 && (
          <div className="couture-Panel-more">
            {count(list.hiddenPaused, 'paused DAG')} hidden.{' '}
            <Link text="Show paused" onClick={() => setChosen('all')} />
          </div>
        )}
      </div>
      <ImportErrors errors={dags.importErrors} openFile={actions.openFile} />
    </>
  );
}

interface IBodyProps extends IViewProps {
  list: IListing;
  query: string;
  clear: () => void;
}

function Body(props: IBodyProps): JSX.Element | null {
  const { workflow, actions, current, list, query, clear } = props;
  const { dags, live } = workflow;
  if (!dags.isLoaded) {
    return live.state === 'away' ? null : <Skeleton />;
  }
  if (!dags.rows.length) {
    return dags.error ? (
      <Problem text={dags.error} />
    ) : (
      <NoDags schedule={actions.schedule} />
    );
  }
  if (!list.rows.length) {
    return <NoHits query={query} clear={clear} />;
  }
  const { open, trigger, setPaused } = actions;
  return (
    <DagList rows={list.rows} {...{ current, open, trigger, setPaused }} />
  );
}

function Problem({ text }: { text: string }): JSX.Element {
  return (
    <div className="couture-Empty" role="alert">
      <p>{text}</p>
    </div>
  );
}
