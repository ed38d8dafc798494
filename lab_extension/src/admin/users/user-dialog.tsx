import * as React from 'react';

import { ClientError, sentence } from '../../api/errors';
import type { IAccount } from '../../api/security-types';
import { FormBody, type FieldErrors } from '../../parts/form-body';
import { SubmitDialog } from '../../parts/submit-dialog';
import { FieldError } from '../../schedule/field-error';
import { UserFields } from './user-fields';
import {
  emptyUser,
  formOf,
  type IUserForm,
  newAccount,
  patchOf,
  problemsOf
} from './user-form';
import type { UsersModel } from './users-model';

/** Ask for a person's names, roles and first password, and add the person. */
export async function addUser(model: UsersModel): Promise<void> {
  await ask('Add user', 'Add user', new UserBody(model, null));
  await model.refresh();
}

/** Change a person's names, e-mail and roles. */
export async function editUser(
  model: UsersModel,
  account: IAccount
): Promise<void> {
  const body = new UserBody(model, account);
  await ask(`Edit ${account.name}`, 'Save user', body);
  await model.refresh();
}

async function ask(
  title: string,
  accept: string,
  body: UserBody
): Promise<void> {
  const dialog = new SubmitDialog({
    title,
    body,
    accept,
    submit: () => body.submit(),
    focus: 'input'
  });
  dialog.addClass('couture-UserDialog');
  await dialog.launch();
}

/** Names of the wire that have a field of their own. */
const PLACED = /^(name|first_name|last_name|email|password|roles)\b/;

class UserBody extends FormBody {
  constructor(
    private readonly model: UsersModel,
    private readonly account: IAccount | null
  ) {
    super();
    this.addClass('couture-FormBody');
    this._form = account ? formOf(account) : emptyUser();
  }

  protected override check(): FieldErrors {
    return problemsOf(this._form, this.account === null);
  }

  protected override render(): JSX.Element {
    return (
      <>
        <UserFields
          form={this._form}
          errors={this.errors}
          account={this.account}
          roles={this.model.roles}
          onChange={patch => {
            this._form = { ...this._form, ...patch };
            this.update();
          }}
        />
        <FieldError text={this.problem} />
      </>
    );
  }

  protected override async save(): Promise<void> {
    const { api } = this.model;
    if (!this.account) {
      await api.addAccount(newAccount(this._form));
      return;
    }
    const patch = patchOf(this.account, this._form);
    if (Object.keys(patch).length) {
      await api.changeAccount(this.account.name, patch);
    }
  }

  protected override hasField(name: string): boolean {
    return PLACED.test(name);
  }

  protected override explain(error: unknown): void {
    const isTaken = error instanceof ClientError && error.status === 409;
    if (isTaken && !this.account) {
      this.errors = { name: sentence(error) };
    } else {
      super.explain(error);
    }
  }

  private _form: IUserForm;
}
