import { Notification } from '@jupyterlab/apputils';
import * as React from 'react';

import type { IAccount } from '../../api/security-types';
import { type FieldErrors, FormBody } from '../../parts/form-body';
import { FormField } from '../../parts/form-field';
import { SubmitDialog } from '../../parts/submit-dialog';
import { FieldError } from '../../schedule/field-error';
import type { UsersModel } from './users-model';

/** Give somebody another password. */
export async function resetPassword(
  model: UsersModel,
  account: IAccount
): Promise<void> {
  const body = new ResetBody(model, account);
  const dialog = new SubmitDialog({
    title: `Reset the password of ${account.name}`,
    body,
    accept: 'Reset password',
    submit: () => body.submit(),
    focus: 'input'
  });
  const answer = await dialog.launch();
  if (answer.button.accept) {
    Notification.success(`${account.name} has a new password.`, {
      autoClose: 5000
    });
    await model.refresh();
  }
}

class ResetBody extends FormBody {
  constructor(
    private readonly model: UsersModel,
    private readonly account: IAccount
  ) {
    super();
    this.addClass('couture-FormBody');
  }

  protected override check(): FieldErrors {
    return this._password ? {} : { new_password: 'Type a password' };
  }

  protected override save(): Promise<unknown> {
    return this.model.api.resetPassword(
      this.account.name,
      this._password,
      this._mustChange
    );
  }

  protected override hasField(name: string): boolean {
    return name === 'new_password';
  }

  protected override render(): JSX.Element {
    return (
      <>
        <FormField label="New password" error={this.errors.new_password}>
          <input
            type="password"
            autoComplete="new-password"
            value={this._password}
            onChange={event => {
              this._password = event.target.value;
              this.update();
            }}
          />
        </FormField>
        <label className="couture-Check">
          <input
            type="checkbox"
            checked={this._mustChange}
            onChange={event => {
              this._mustChange = event.target.checked;
              this.update();
            }}
          />
          Must be changed at the next login
        </label>
        <FieldError text={this.problem} />
        <p className="couture-Secondary">
          Windows in which {this.account.name} is logged in ask for it.
        </p>
      </>
    );
  }

  private _password = '';
  private _mustChange = true;
}
