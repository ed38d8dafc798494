import * as React from 'react';

import { capital, count, moment, utc } from '../../words/time';
import type { IBackfillForm } from './backfill-form';

/** More dates than these are counted, not listed. */
const MOST_LISTED = 400;

interface IProps {
  /** Null = not known: something is still to be filled in. */
  dates: readonly string[] | null;
  form: IBackfillForm;
}

/** The right column of the backfill dialog: the runs that would be made. */
export function Preview({ dates, form }: IProps): JSX.Element {
  const now = new Date();
  return (
    <section className="couture-Backfill-preview" aria-label="Runs to be made">
      <h3>{dates?.length ? count(dates.length, 'run') : 'Runs'}</h3>
      {dates?.length ? (
        <ol>
          {dates.slice(0, MOST_LISTED).map(date => (
            <li key={date} title={utc(date)}>
              {capital(moment(date, now))}
            </li>
          ))}
          {dates.length > MOST_LISTED && (
            <li>and {count(dates.length - MOST_LISTED, 'more run')}</li>
          )}
        </ol>
      ) : (
        <p className="couture-Secondary" role="status">
          {dates ? nothingWords(form) : 'Which runs it makes is shown here.'}
        </p>
      )}
    </section>
  );
}

function nothingWords({ reprocess }: IBackfillForm): string {
  return reprocess === 'completed'
    ? 'None: the runs of these dates are under way.'
    : 'None: all of these dates have a run. “Make” can have runs made again.';
}
