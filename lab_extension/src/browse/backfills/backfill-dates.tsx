import * as React from 'react';

import type { AutomationApi } from '../../api/automation';
import type { IBackfill, IBackfillDate } from '../../api/automation-types';
import { sentence } from '../../api/errors';
import type { OpenRun } from '../../admin/admin-page';
import { useLoaded } from '../../parts/hooks';
import { StateMark } from '../../parts/state-mark';
import { stateWords } from '../../words/states';
import { capital, count, moment, utc } from '../../words/time';

const MOST_SHOWN = 500;

interface IProps {
  backfill: IBackfill;
  api: AutomationApi;
  openRun: OpenRun;
}

/** A mark for each date of a backfill; one that has a run opens it. */
export function BackfillDates({ backfill, api, openRun }: IProps): JSX.Element {
  const { id, dag_id, counts } = backfill;
  const { value, error } = useLoaded(
    () => api.backfillDates(id),
    `${id} ${JSON.stringify(counts)}`
  );
  if (!value) {
    return <p className="couture-Secondary">{error ? sentence(error) : '…'}</p>;
  }
  return (
    <div className="couture-DateMarks" role="group" aria-label="Dates">
      {value.slice(0, MOST_SHOWN).map(date => {
        const words = dateWords(date);
        const run_id = date.dag_run_id;
        return (
          <button
            key={date.logical_date}
            type="button"
            aria-label={words}
            title={`${words}\n${utc(date.logical_date)}`}
            disabled={!run_id}
            onClick={() => run_id && openRun({ dag_id, run_id })}
          >
            <StateMark state={date.state} size={14} />
          </button>
        );
      })}
      {value.length > MOST_SHOWN && (
        <span className="couture-Secondary">
          and {count(value.length - MOST_SHOWN, 'more date')}
        </span>
      )}
    </div>
  );
}

function dateWords({ logical_date, state, left_out }: IBackfillDate): string {
  const what = left_out
    ? `left out: ${left_out}`
    : stateWords(state).toLowerCase();
  return `${capital(moment(logical_date, new Date()))}, ${what}`;
}
