import {
  caretDownIcon,
  caretLeftIcon,
  caretRightIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IDagDetail, IDagRunV2 } from '../api/types';
import type { DagModel } from '../models/dag';
import { IconButton } from '../parts/controls';
import { openMenu } from '../parts/menu';
import { stateIcon } from '../parts/state-icon';
import { StateMark } from '../parts/state-mark';
import { capital, duration, moment, utc } from '../words/time';

/** The run that is looked at, with its neighbours one click away. */
export function RunPicker({ model }: { model: DagModel }): JSX.Element {
  const { runs, runIndex } = model;
  const run = runs[runIndex];
  if (!run) {
    return (
      <span className="couture-Secondary">{noRunWords(model.detail)}</span>
    );
  }
  const now = new Date();
  const pick = (event: React.MouseEvent): void =>
    openMenu(
      event.currentTarget,
      runs.map(each => ({
        label: [runName(each, now), duration(each.duration)]
          .filter(Boolean)
          .join(' · '),
        icon: stateIcon(each.state),
        run: () => model.pickRun(each.dag_run_id)
      }))
    );
  return (
    <span className="couture-RunPicker">
      <IconButton
        icon={caretLeftIcon}
        label="Previous run ( [ )"
        disabled={runIndex >= runs.length - 1}
        onClick={() => model.stepRun(1)}
      />
      <button
        type="button"
        className="couture-Button couture-RunPicker-button"
        aria-haspopup="menu"
        aria-label={`Run of ${runName(run, now)}`}
        title={`${run.dag_run_id}\n${utc(run.run_after)}`}
        onClick={pick}
      >
        <StateMark state={run.state} size={14} />
        {runName(run, now)}
        <span className="couture-Secondary">{duration(run.duration)}</span>
        <caretDownIcon.react tag="span" height="14px" width="14px" />
      </button>
      <IconButton
        icon={caretRightIcon}
        label="Next run ( ] )"
        disabled={runIndex <= 0}
        onClick={() => model.stepRun(-1)}
      />
    </span>
  );
}

function noRunWords(detail: IDagDetail | null): string {
  if (!detail?.schedule.raw) {
    return 'No run yet: it runs when it is triggered.';
  }
  return detail.is_paused
    ? 'No run yet. Trigger one, or switch the DAG on.'
    : 'No run yet. Trigger one, or wait for the next.';
}

function runName(run: IDagRunV2, now: Date): string {
  if (run.run_type === 'backfill' && run.logical_date) {
    // It was due when the backfill made it, which says nothing of it.
    return `${capital(moment(run.logical_date, now))}, backfill`;
  }
  const when = capital(moment(run.run_after, now));
  return run.run_type === 'manual' ? `${when}, by hand` : when;
}
