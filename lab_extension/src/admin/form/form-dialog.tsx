import * as React from 'react';

import { FormBody, type FieldErrors } from '../../parts/form-body';
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
  const body = new Body(form);
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

class Body extends FormBody {
  constructor(private readonly form: IForm) {
    super();
    this.addClass('couture-FormBody');
    this._values = form.values;
  }

  protected override check(): FieldErrors {
    return this.form.check?.(this._values) ?? {};
  }

  protected override save(): Promise<unknown> {
    return this.form.save(this._values);
  }

  protected override hasField(name: string): boolean {
    return this.fields.some(field => field.name === name);
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
            error={this.errors[field.name]}
            onChange={value => {
              this._values = { ...this._values, [field.name]: value };
              this.update();
            }}
          />
        ))}
        <FieldError text={this.problem} />
      </>
    );
  }

  private get fields(): IField[] {
    const { fields } = this.form;
    return typeof fields === 'function' ? fields(this._values) : fields;
  }

  private _values: Values;
}
