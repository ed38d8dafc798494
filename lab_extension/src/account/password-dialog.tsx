import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';

import type { Client } from '../api/client';
import type { MeModel } from '../models/me';
import { FormBody, type FieldErrors } from '../parts/form-body';
import { FormField } from '../parts/form-field';
import { SubmitDialog } from '../parts/submit-dialog';
import { FieldError } from '../schedule/field-error';
import { type IPasswordForm, passwordProblems } from './password-form';

/** Ask for the old and a new password, and change it. */
export async function changeMyPassword(
  client: Client,
  me: MeModel
): Promise<void> {
  const body = new PasswordBody(client);
  const dialog = new SubmitDialog({
    title: 'Reset my password',
    body,
    accept: 'Save password',
    submit: () => body.submit(),
    focus: 'input'
  });
  const answer = await dialog.launch();
  if (answer.button.accept) {
    Notification.success('Your password is changed.', { autoClose: 5000 });
    await me.refresh();
  }
}

const FIELDS: [keyof IPasswordForm, string, string, string][] = [
  ['old', 'Password so far', 'old_password', 'current-password'],
  ['password', 'New password', 'new_password', 'new-password'],
  ['again', 'Once more', 'again', 'new-password']
];

class PasswordBody extends FormBody {
  constructor(private readonly client: Client) {
    super();
    this.addClass('couture-FormBody');
  }

  protected override check(): FieldErrors {
    return passwordProblems(this._form);
  }

  protected override save(): Promise<unknown> {
    const { old, password } = this._form;
    return this.client.security.changePassword(old, password);
  }

  protected override hasField(name: string): boolean {
    return FIELDS.some(([, , wire]) => wire === name);
  }

  protected override render(): JSX.Element {
    return (
      <>
        {FIELDS.map(([key, label, wire, autoComplete]) => (
          <FormField key={key} label={label} error={this.errors[wire]}>
            <input
              type="password"
              autoComplete={autoComplete}
              value={this._form[key]}
              onChange={event => {
                this._form = { ...this._form, [key]: event.target.value };
                this.update();
              }}
            />
          </FormField>
        ))}
        <FieldError text={this.problem} />
        <p className="couture-Secondary">
          Other windows in which you are logged in ask for the new password.
        </p>
      </>
    );
  }

  private _form: IPasswordForm = { old: '', password: '', again: '' };
}
