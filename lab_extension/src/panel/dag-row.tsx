import { ellipsesIcon, runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IDag } from '../api/types';
import { IconButton, Switch } from '../parts/controls';
import { Counts } from '../parts/counts';
import { flowIcon, notebookMarkIcon } from '../parts/icons';
import { RunBars } from '../parts/run-bars';
import { StateMark } from '../parts/state-mark';
import { stateWords } from '../words/states';
import { RIGHTS } from '../rights';
import { moment } from '../words/time';

export interface IRowActions {
  open: (row: IDag) => void;
  trigger: (row: IDag) => void;
  setPaused: (row: IDag, paused: boolean) => void;
  openMenu: (row: IDag, anchor: Element) => void;
}

interface IRowProps extends IRowActions {
  row: IDag;
  selected: boolean;
  tabIndex: number;
  onFocus: () => void;
}

/** One DAG: state of the last run, name, schedule, last ten runs, switch. */
export function DagRow(props: IRowProps): JSX.Element {
  const { row, selected, tabIndex, onFocus, open, trigger, setPaused } = props;
  const { openMenu } = props;
  const mayTrigger = row.rights.includes(RIGHTS.trigger);
  const mayPause = row.rights.includes(RIGHTS.pause);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.target !== event.currentTarget) {
      return;
    }
    if (event.key === 'Enter') {
      open(row);
    } else if (event.key === ' ' && mayPause) {
      event.preventDefault();
      setPaused(row, !row.is_paused);
    }
  };
  return (
    <li
      className="couture-Row"
      role="row"
      data-dag={row.dag_id}
      aria-selected={selected}
      aria-label={rowLabel(row)}
      tabIndex={tabIndex}
      onFocus={onFocus}
      onClick={() => open(row)}
      onKeyDown={onKeyDown}
    >
      <span role="gridcell" className="couture-Row-cell">
        <StateMark state={row.last_run?.state} />
        <span
          className="couture-Row-name"
          title={[row.dag_id, row.description].filter(Boolean).join('\n')}
        >
          <span className="couture-Row-text">{row.display_name}</span>
          {row.is_notebook && (
            <notebookMarkIcon.react tag="span" title="Notebook" />
          )}
        </span>
        <RunBars runs={row.recent_runs} />
        <Switch
          checked={!row.is_paused}
          label={
            row.is_paused ? `${row.dag_id} is paused` : `${row.dag_id} is on`
          }
          tabIndex={-1}
          disabled={!mayPause}
          onChange={on => setPaused(row, !on)}
        />
        <span className="couture-Row-schedule" title={scheduleTitle(row)}>
          {row.schedule.text}
        </span>
        <span className="couture-Row-counts">
          <Counts counts={row.task_counts} />
        </span>
        <span className="couture-Row-actions">
          {mayTrigger && (
            <IconButton
              icon={runIcon}
              label={`Trigger ${row.dag_id}`}
              tabIndex={-1}
              onClick={stopped(() => trigger(row))}
            />
          )}
          <IconButton
            icon={flowIcon}
            label={`Graph of ${row.dag_id}`}
            tabIndex={-1}
            onClick={stopped(() => open(row))}
          />
          <IconButton
            icon={ellipsesIcon}
            label={`More for ${row.dag_id}`}
            tabIndex={-1}
            onClick={event => {
              event.stopPropagation();
              openMenu(row, event.currentTarget);
            }}
          />
        </span>
      </span>
    </li>
  );
}

function stopped(action: () => void): (event: React.MouseEvent) => void {
  return event => {
    event.stopPropagation();
    action();
  };
}

function rowLabel(row: IDag): string {
  const run = row.last_run
    ? `last run ${stateWords(row.last_run.state).toLowerCase()}`
    : 'no run yet';
  const switched = row.is_paused ? 'paused' : 'on';
  return `${row.display_name}, ${run}, ${row.schedule.text}, ${switched}`;
}

function scheduleTitle(row: IDag): string {
  const { raw, timezone } = row.schedule;
  const parts = [
    raw ? `${raw} (${timezone})` : 'No schedule: runs when triggered'
  ];
  if (row.next_run_after) {
    parts.push(`next run ${moment(row.next_run_after, new Date())}`);
  }
  return parts.join(', ');
}
