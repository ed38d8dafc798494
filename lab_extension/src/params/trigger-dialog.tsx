import { ReactWidget } from '@jupyterlab/ui-components';
import type { JSONObject } from '@lumino/coreutils';
import * as React from 'react';

import { ClientError, sentence } from '../api/errors';
import type { IDagDetail } from '../api/types';
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

class TriggerBody extends ReactWidget {
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

  async submit(): Promise<boolean> {
    const { values, errors } = readForm(this._fields, this._draft);
    this._errors = errors;
    this._problem = null;
    try {
      if (!Object.keys(errors).length) {
        await this.trigger(values);
        return true;
      }
    } catch (error) {
      this.explain(error);
    } finally {
      this.update();
    }
    return false;
  }

  protected override render(): JSX.Element {
    return (
      <>
        <ParamsForm
          fields={this._fields}
          draft={this._draft}
          errors={this._errors}
          onChange={draft => {
            this._draft = draft;
            this.update();
          }}
        />
        {this._problem && (
          <p className="couture-FieldError" role="alert">
            {this._problem}
          </p>
        )}
      </>
    );
  }

  /** Field errors of the server stand at "conf.<name>". */
  private explain(error: unknown): void {
    const fields =
      error instanceof ClientError ? Object.entries(error.fields) : [];
    this._errors = Object.fromEntries(
      fields.map(([path, text]) => [path.replace(/^conf\./, ''), text])
    );
    const shown = this._fields.some(field => this._errors[field.name]);
    this._problem = shown ? null : sentence(error);
  }

  private readonly _fields: IField[];
  private _draft: Draft = {};
  private _errors: Record<string, string> = {};
  private _problem: string | null = null;
}
