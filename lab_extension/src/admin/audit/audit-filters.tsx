import * as React from 'react';

import { Chip, Link } from '../../parts/controls';
import type { AuditModel } from './audit-model';
import {
  EMPTY_FORM,
  type IAuditForm,
  isFiltered,
  type Period,
  PERIODS,
  type Verdict
} from './filter';
import { EVENTS } from './words';

const TEXTS: ['user' | 'sourceIp' | 'dagId', string][] = [
  ['user', 'User'],
  ['sourceIp', 'Source IP'],
  ['dagId', 'DAG']
];

const VERDICTS: [Verdict, string][] = [
  ['all', 'All'],
  ['allowed', 'Allowed'],
  ['refused', 'Refused']
];

/** Who, what, from where, when, and whether it was let through. */
export function AuditFilters({ model }: { model: AuditModel }): JSX.Element {
  const { form } = model;
  const set = (patch: Partial<IAuditForm>): void => model.filter(patch);
  return (
    <div className="couture-Toolbar couture-AuditFilters">
      {TEXTS.map(([key, label]) => (
        <input
          key={key}
          type="text"
          aria-label={label}
          placeholder={label}
          spellCheck={false}
          value={form[key]}
          onChange={event => set({ [key]: event.target.value })}
        />
      ))}
      <select
        aria-label="What"
        value={form.event}
        onChange={event => set({ event: event.target.value })}
      >
        <option value="">Any event</option>
        {EVENTS.map(([event, words]) => (
          <option key={event} value={event}>
            {words}
          </option>
        ))}
      </select>
      <select
        aria-label="When"
        value={form.period}
        onChange={event => set({ period: event.target.value as Period })}
      >
        {PERIODS.map(([period, words]) => (
          <option key={period} value={period}>
            {words}
          </option>
        ))}
      </select>
      <div className="couture-Chips" role="group" aria-label="Show">
        {VERDICTS.map(([verdict, words]) => (
          <Chip
            key={verdict}
            text={words}
            pressed={form.verdict === verdict}
            onClick={() => set({ verdict })}
          />
        ))}
      </div>
      {isFiltered(form) && (
        <Link text="Clear the filter" onClick={() => set(EMPTY_FORM)} />
      )}
    </div>
  );
}
