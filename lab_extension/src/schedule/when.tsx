import * as React from 'react';

import type { IPreviewTimes } from '../api/types';
import { Chip } from '../parts/controls';
import { StateMark } from '../parts/state-mark';
import { FieldError } from './field-error';
import { applyPreset, presetOf, PRESETS } from './form';
import type { ScheduleModel } from './model';

/** Once or by cron: presets, cron text, time zone, and what they mean in words. */
export function When({ model }: { model: ScheduleModel }): JSX.Element {
  const { form } = model;
  const pick = (when: 'once' | 'cron'): void => model.update({ when });
  return (
    <section>
      <div className="couture-Section-head">
        <h3>When</h3>
        <span className="couture-Segments" role="group" aria-label="When">
          <button
            type="button"
            aria-pressed={form.when === 'once'}
            onClick={() => pick('once')}
          >
            Once
          </button>
          <button
            type="button"
            aria-pressed={form.when === 'cron'}
            onClick={() => pick('cron')}
          >
            Repeat
          </button>
        </span>
      </div>
      {form.when === 'once' ? (
        <p className="couture-Secondary">
          Runs once, as soon as it is scheduled.
        </p>
      ) : (
        <Cron model={model} />
      )}
    </section>
  );
}

function Cron({ model }: { model: ScheduleModel }): JSX.Element {
  const { form, times, errors, timezones } = model;
  const input = React.useRef<HTMLInputElement>(null);
  const preset = presetOf(form.cron);
  const choose = (name: (typeof PRESETS)[number][0]): void => {
    model.update({ cron: applyPreset(name, form.cron) });
    if (name === 'Other') {
      input.current?.select();
    }
  };
  return (
    <>
      <div className="couture-Chips" role="group" aria-label="How often">
        {PRESETS.map(([name]) => (
          <Chip
            key={name}
            text={name}
            pressed={name === preset}
            onClick={() => choose(name)}
          />
        ))}
      </div>
      <div className="couture-Cron">
        <input
          ref={input}
          type="text"
          value={form.cron}
          aria-label="Cron"
          aria-invalid={Boolean(errors.cron)}
          spellCheck={false}
          onChange={event => model.update({ cron: event.target.value })}
        />
        <select
          value={form.timezone}
          aria-label="Time zone"
          aria-invalid={Boolean(errors.timezone)}
          onChange={event => model.update({ timezone: event.target.value })}
        >
          {timezones.map(zone => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      </div>
      <FieldError text={errors.cron ?? errors.timezone} />
      {times && (
        <p className="couture-CronWords" aria-live="polite">
          <StateMark state="success" size={14} /> {timesWords(times)}
        </p>
      )}
    </>
  );
}

function timesWords({ text, timezone, utc_offset }: IPreviewTimes): string {
  return timezone === 'UTC'
    ? `${text} UTC`
    : `${text} in ${timezone} (UTC${utc_offset})`;
}
