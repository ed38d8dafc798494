import * as React from 'react';

import { moment, until, wallClock } from '../words/time';
import { FieldError } from './field-error';
import { outputExample } from './form';
import type { ScheduleModel } from './model';

/** The right column: next runs, output, what happens on failure. */
export function Aside({ model }: { model: ScheduleModel }): JSX.Element {
  return (
    <div className="couture-Schedule-aside">
      {model.form.when === 'cron' && <NextRuns model={model} />}
      <Output model={model} />
      <OnFailure model={model} />
    </div>
  );
}

function NextRuns({ model }: { model: ScheduleModel }): JSX.Element {
  const now = new Date();
  return (
    <section>
      <h3>Next five runs</h3>
      <table className="couture-Table couture-NextRuns">
        <tbody>
          {(model.times?.times ?? []).map(time => {
            const [day, clock] = wallClock(time);
            return (
              <tr key={time} title={`${moment(time, now)} in your time zone`}>
                <td>{day}</td>
                <td>{clock}</td>
                <td className="couture-Secondary">{until(time, now)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Output({ model }: { model: ScheduleModel }): JSX.Element {
  const { form, errors, times } = model;
  const day =
    times?.times[0]?.slice(0, 10) ?? new Date().toISOString().slice(0, 10);
  return (
    <section>
      <h3>Output</h3>
      <input
        type="text"
        aria-label="Output name"
        aria-invalid={Boolean(errors.output_name)}
        value={form.outputName}
        spellCheck={false}
        onChange={event => model.update({ outputName: event.target.value })}
      />
      <FieldError text={errors.output_name} />
      <div className="couture-Secondary">
        {outputExample(form.outputName, day)}
      </div>
      <label className="couture-Check">
        <input
          type="checkbox"
          checked={form.exportHtml}
          onChange={event => model.update({ exportHtml: event.target.checked })}
        />
        Save as HTML too
      </label>
    </section>
  );
}

function OnFailure({ model }: { model: ScheduleModel }): JSX.Element {
  const { form, errors } = model;
  return (
    <section>
      <h3>If it fails</h3>
      <div className="couture-Retries">
        Try again
        <input
          type="text"
          inputMode="numeric"
          aria-label="Times to try again"
          aria-invalid={Boolean(errors.retries)}
          value={form.retries}
          onChange={event => model.update({ retries: event.target.value })}
        />
        times,
        <input
          type="text"
          inputMode="decimal"
          aria-label="Minutes between tries"
          aria-invalid={Boolean(errors.retry_delay)}
          value={form.retryDelay}
          onChange={event => model.update({ retryDelay: event.target.value })}
        />
        min apart
      </div>
      <FieldError text={errors.retries ?? errors.retry_delay} />
    </section>
  );
}
