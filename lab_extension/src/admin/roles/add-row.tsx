import * as React from 'react';

import { FormField } from '../../parts/form-field';
import { FormWidget } from '../../parts/form-widget';
import { SubmitDialog } from '../../parts/submit-dialog';
import { addRow, rowsOf } from './matrix';
import { matchWords, patternProblem } from './pattern';
import type { RolesModel } from './roles-model';

/** Ask for a DAG, or a pattern of several, and give it a row. */
export async function addDagRow(model: RolesModel): Promise<void> {
  const body = new PatternBody(model);
  const dialog = new SubmitDialog({
    title: 'Add a DAG',
    body,
    accept: 'Add',
    submit: async () => body.submit(),
    focus: 'input'
  });
  await dialog.launch();
}

class PatternBody extends FormWidget {
  constructor(private readonly model: RolesModel) {
    super();
    this.addClass('couture-FormBody');
  }

  submit(): boolean {
    const { draft, permissions } = this.model;
    const grants = draft?.grants ?? [];
    this._error = patternProblem(this._pattern, rowsOf(grants));
    this.update();
    if (this._error || !permissions) {
      return false;
    }
    this.model.setGrants(addRow(grants, this._pattern.trim(), permissions));
    return true;
  }

  protected override render(): JSX.Element {
    const pattern = this._pattern.trim();
    return (
      <>
        <FormField
          label="DAG"
          error={this._error}
          help={
            pattern
              ? matchWords(pattern, this.model.dagIds)
              : 'One DAG’s id, or several with *, such as sales_*'
          }
        >
          <input
            type="text"
            list="couture-role-dags"
            autoComplete="off"
            spellCheck={false}
            value={this._pattern}
            onChange={event => {
              this._pattern = event.target.value;
              this._error = null;
              this.update();
            }}
          />
        </FormField>
        <datalist id="couture-role-dags">
          {this.model.dagIds.map(dagId => (
            <option key={dagId} value={dagId} />
          ))}
        </datalist>
      </>
    );
  }

  private _pattern = '';
  private _error: string | null = null;
}
