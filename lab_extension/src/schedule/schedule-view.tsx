import { codeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { PythonSource } from '../code/python-source';
import { Link } from '../parts/controls';
import { useSignal } from '../parts/hooks';
import { ParamsForm } from '../params/params-form';
import { Aside } from './aside';
import { FieldError } from './field-error';
import { parameterErrors } from './form';
import type { ScheduleModel } from './model';
import { When } from './when';

interface IProps {
  model: ScheduleModel;
  keepsRunning: boolean;
}

/** The schedule dialog's content. */
export function ScheduleView({ model, keepsRunning }: IProps): JSX.Element {
  useSignal(model.changed);
  const { notebook, source, problem } = model;
  return (
    <div className="couture-Schedule">
      <p className="couture-Secondary couture-Schedule-sub">
        Runs a stored copy of the notebook as the DAG{' '}
        <code>{notebook.dag_id}</code>
        {keepsRunning
          ? ', also when Lab is closed.'
          : ' while Lab’s server runs.'}
      </p>
      {source === null ? (
        <div className="couture-Schedule-columns">
          <div className="couture-Schedule-main">
            <When model={model} />
            <Parameters model={model} />
          </div>
          <Aside model={model} />
        </div>
      ) : (
        <div className="couture-Schedule-source">
          <PythonSource source={source} label="DAG file" />
        </div>
      )}
      <FieldError text={problem} />
      <span className="couture-Schedule-show">
        <codeIcon.react tag="span" height="14px" width="14px" />
        <Link
          text={source === null ? 'Show DAG file' : 'Back to the form'}
          onClick={() => void model.toggleSource()}
        />
      </span>
    </div>
  );
}

function Parameters({ model }: { model: ScheduleModel }): JSX.Element {
  const { form, fields, notebook, errors } = model;
  return (
    <section>
      <div className="couture-Section-head">
        <h3>
          Parameters{' '}
          {fields.length > 0 && (
            <span className="couture-Secondary">
              from the cell tagged parameters
            </span>
          )}
        </h3>
        {Object.keys(form.draft).length > 0 && (
          <Link text="Reset all" onClick={() => model.update({ draft: {} })} />
        )}
      </div>
      {fields.length > 0 ? (
        <ParamsForm
          fields={fields}
          draft={form.draft}
          errors={parameterErrors(errors)}
          onChange={draft => model.update({ draft })}
        />
      ) : (
        <p className="couture-Secondary">
          {notebook.has_parameters_cell
            ? 'The cell tagged parameters sets no variable.'
            : 'None. Tag a cell “parameters” and what it sets can be changed here.'}
        </p>
      )}
    </section>
  );
}
