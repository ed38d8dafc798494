import { Notification } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { ClientError, sentence } from '../../api/errors';
import type { IAccount } from '../../api/security-types';
import { FormField } from '../../parts/form-field';
import { SubmitDialog } from '../../parts/submit-dialog';
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

class ResetBody extends ReactWidget {
  constructor(
    private readonly model: UsersModel,
    private readonly account: IAccount
  ) {
    super();
    this.addClass('couture-FormBody');
  }

  async submit(): Promise<boolean> {
    this._error = this._password ? null : 'Type a password';
    try {
      if (!this._error) {
        await this.model.api.resetPassword(
          this.account.name,
          this._password,
          this._mustChange
        );
        return true;
      }
    } catch (error) {
      const fields = error instanceof ClientError ? error.fields : {};
      this._error = fields.new_password ?? sentence(error);
    } finally {
      this.update();
    }
    return false;
  }

  protected override render(): JSX.Element {
    return (
      <>
        <FormField label="New password" error={this._error}>
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
        <p className="couture-Secondary">
          Windows in which {this.account.name} is logged in ask for it.
        </p>
      </>
    );
  }

  private _password = '';
  private _mustChange = true;
  private _error: string | null = null;
}
