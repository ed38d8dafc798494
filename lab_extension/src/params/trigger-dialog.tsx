import type { JSONObject } from '@lumino/coreutils';
import * as React from 'react';

import type { IDagDetail } from '../api/types';
import { FormBody, type FieldErrors } from '../parts/form-body';
import { SubmitDialog } from '../parts/submit-dialog';
import { dagField, type Draft, type IField, readForm } from './fields';
import { ParamsForm } from './params-form';

/** Ask for the parameters of a run, and start it. */
export async function askAndTrigger(
  detail: IDagDetail,
  trigger: (conf: JSONObject) => Promise<unknown>
): Promise<void> {
  const body = new TriggerBody(detail, trigger);
  const dialog = new SubmitDialog({
    title: `Trigger ${detail.display_name}`,
    body,
    accept: 'Trigger',
    submit: () => body.submit()
  });
  await dialog.launch();
}

class TriggerBody extends FormBody {
  constructor(
    detail: IDagDetail,
    private readonly trigger: (conf: JSONObject) => Promise<unknown>
  ) {
    super();
    this.addClass('couture-TriggerBody');
    this._fields = Object.entries(detail.params).map(([name, param]) =>
      dagField(name, param)
    );
  }

  protected override check(): FieldErrors {
    const { values, errors } = readForm(this._fields, this._draft);
    this._values = values;
    return errors;
  }

  protected override save(): Promise<unknown> {
    return this.trigger(this._values);
  }

  protected override hasField(name: string): boolean {
    return this._fields.some(field => field.name === name);
  }

  protected override render(): JSX.Element {
    return (
      <>
        <ParamsForm
          fields={this._fields}
          draft={this._draft}
          errors={this.errors}
          onChange={draft => {
            this._draft = draft;
            this.update();
          }}
        />
        {this.problem && (
          <p className="couture-FieldError" role="alert">
            {this.problem}
          </p>
        )}
      </>
    );
  }

  /** Field errors of the server stand at "conf.<name>". */
  protected override nameOf(path: string): string {
    return path.replace(/^conf\./, '');
  }

  private readonly _fields: IField[];
  private _draft: Draft = {};
  private _values: JSONObject = {};
}
