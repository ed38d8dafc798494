import * as React from 'react';

import type { Reprocess } from '../../api/automation-types';
import type { IDag } from '../../api/types';
import type { Draft, IField } from '../../params/fields';
import { ParamsForm } from '../../params/params-form';
import type { FieldErrors } from '../../parts/form-body';
import { FormField } from '../../parts/form-field';
import { FieldError } from '../../schedule/field-error';
import { viewerZone } from '../../words/local-time';
import { type IBackfillForm, REPROCESS } from './backfill-form';

interface IProps {
  form: IBackfillForm;
  /** To choose from; null = the DAG is given. */
  dags: IDag[] | null;
  isPaused: boolean;
  errors: FieldErrors;
  problem: string | null;
  /** The parameters that the DAG declares. */
  params: IField[];
  draft: Draft;
  onChange: (patch: Partial<IBackfillForm>) => void;
  onDraft: (draft: Draft) => void;
}

/** The left column of the backfill dialog: which dates, which runs, how many at once. */
export function BackfillFields(props: IProps): JSX.Element {
  const { form, dags, isPaused, errors, problem, params, draft } = props;
  const { onChange, onDraft } = props;
  return (
    <div className="couture-Backfill-fields">
      {dags && (
        <FormField label="DAG" error={errors.dag_id}>
          <select
            value={form.dagId}
            onChange={event => onChange({ dagId: event.target.value })}
          >
            <option value="">Choose one</option>
            {dags.map(({ dag_id, schedule }) => (
              <option key={dag_id} value={dag_id}>
                {dag_id}, {schedule.text}
              </option>
            ))}
          </select>
        </FormField>
      )}
      {!dags && <FieldError text={errors.dag_id} />}
      <Range {...props} />
      <FormField label="Make" error={errors.reprocess_behavior}>
        <select
          value={form.reprocess}
          onChange={event =>
            onChange({ reprocess: event.target.value as Reprocess })
          }
        >
          {REPROCESS.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
      </FormField>
      <FormField label="Runs at once" error={errors.max_active_runs}>
        <input
          type="text"
          inputMode="numeric"
          className="couture-mod-short"
          value={form.maxActiveRuns}
          onChange={event => onChange({ maxActiveRuns: event.target.value })}
        />
      </FormField>
      <label className="couture-Check couture-mod-indented">
        <input
          type="checkbox"
          checked={form.isBackwards}
          onChange={event => onChange({ isBackwards: event.target.checked })}
        />
        Newest first
      </label>
      <FieldError text={errors.run_backwards} />
      {params.length > 0 ? (
        <>
          <h3>Parameters</h3>
          <ParamsForm
            fields={params}
            draft={draft}
            errors={errors}
            onChange={onDraft}
          />
        </>
      ) : (
        <FormField
          label="Conf"
          error={errors.dag_run_conf}
          help="JSON that tasks find as dag_run.conf"
        >
          <textarea
            rows={2}
            spellCheck={false}
            placeholder="{}"
            value={form.conf}
            onKeyDown={event =>
              event.key === 'Enter' && event.stopPropagation()
            }
            onChange={event => onChange({ conf: event.target.value })}
          />
        </FormField>
      )}
      {isPaused && (
        <p className="couture-Secondary">
          The DAG is paused: the runs wait until it is switched on.
        </p>
      )}
      <FieldError text={problem} />
    </div>
  );
}

function Range({ form, errors, onChange }: IProps): JSX.Element {
  return (
    <>
      <FormField label="From" error={errors.from_date}>
        <input
          type="datetime-local"
          value={form.from}
          onChange={event => onChange({ from: event.target.value })}
        />
      </FormField>
      <FormField
        label="To"
        error={errors.to_date}
        help={`Logical dates, in ${viewerZone()}`}
      >
        <input
          type="datetime-local"
          value={form.to}
          onChange={event => onChange({ to: event.target.value })}
        />
      </FormField>
    </>
  );
}
