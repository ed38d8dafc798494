import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ClientError, sentence } from '../../api/errors';
import { SubmitDialog } from '../../parts/submit-dialog';
import { FieldError } from '../../schedule/field-error';
import { Field, type IField, type Values } from './field';

export type Problems = Record<string, string>;

interface IForm {
  title: string;
  accept: string;
  fields: IField[] | ((values: Values) => IField[]);
  values: Values;
  /** What can be told without asking the server. */
  check?: (values: Values) => Problems;
  save: (values: Values) => Promise<unknown>;
  /** Shown above the fields. */
  note?: string;
}

/** Ask for the values of some fields and save them; what the server refuses stands at its field. */
export async function askForm(form: IForm): Promise<void> {
  const body = new FormBody(form);
  const dialog = new SubmitDialog({
    title: form.title,
    body,
    accept: form.accept,
    submit: () => body.submit(),
    focus: 'input:not(:disabled), textarea'
  });
  dialog.addClass('couture-FormDialog');
  await dialog.launch();
}

class FormBody extends ReactWidget {
  constructor(private readonly form: IForm) {
    super();
    this.addClass('couture-FormBody');
    this._values = form.values;
  }

  async submit(): Promise<boolean> {
    this._problems = this.form.check?.(this._values) ?? {};
    this._problem = null;
    try {
      if (!Object.keys(this._problems).length) {
        await this.form.save(this._values);
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
        {this.form.note && (
          <p className="couture-Secondary">{this.form.note}</p>
        )}
        {this.fields.map(field => (
          <Field
            key={field.name}
            field={field}
            value={this._values[field.name] ?? ''}
            error={this._problems[field.name]}
            onChange={value => {
              this._values = { ...this._values, [field.name]: value };
              this.update();
            }}
          />
        ))}
        <FieldError text={this._problem} />
      </>
    );
  }

  private get fields(): IField[] {
    const { fields } = this.form;
    return typeof fields === 'function' ? fields(this._values) : fields;
  }

  private explain(error: unknown): void {
    const found = error instanceof ClientError ? { ...error.fields } : {};
    const names = new Set(this.fields.map(field => field.name));
    this._problems = found;
    if (!Object.keys(found).some(name => names.has(name))) {
      this._problem = sentence(error);
    }
  }

  private _values: Values;
  private _problems: Problems = {};
  private _problem: string | null = null;
}
