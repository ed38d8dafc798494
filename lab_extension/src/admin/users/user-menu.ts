import { Dialog, showDialog } from '@jupyterlab/apputils';

import type { IAccount } from '../../api/security-types';
import { attempt } from '../../notify';
import type { IMenuEntry } from '../../parts/menu';
import { count } from '../../words/time';
import { resetPassword } from './reset-dialog';
import { editUser } from './user-dialog';
import { DEACTIVATE_WORDS } from './user-form';
import type { UsersModel } from './users-model';

/** What can be done to a person. */
export function userMenu(
  model: UsersModel,
  account: IAccount,
  isMe: boolean
): (IMenuEntry | null)[] {
  const isLdap = account.origin === 'ldap';
  const own = isMe ? 'Not for your own account' : undefined;
  return [
    { label: 'Edit…', run: () => void editUser(model, account) },
    {
      label: 'Reset password…',
      refusal: isLdap
        ? 'The password is kept in the directory: change it there'
        : undefined,
      run: () => void resetPassword(model, account)
    },
    null,
    account.is_active
      ? {
          label: 'Deactivate…',
          refusal: own,
          run: () => void deactivate(model, account)
        }
      : {
          label: 'Activate',
          run: () => void setActive(model, account, true)
        },
    {
      label: 'Delete…',
      refusal: own,
      run: () => void deleteUser(model, account)
    }
  ];
}

async function deactivate(model: UsersModel, account: IAccount): Promise<void> {
  const answer = await showDialog({
    title: `Deactivate ${account.name}?`,
    body: DEACTIVATE_WORDS,
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: `Deactivate ${account.name}` })
    ],
    defaultButton: 0
  });
  if (answer.button.accept) {
    await setActive(model, account, false);
  }
}

async function setActive(
  model: UsersModel,
  account: IAccount,
  isActive: boolean
): Promise<void> {
  await attempt(async () => {
    await model.api.changeAccount(account.name, { is_active: isActive });
    await model.refresh();
  });
}

async function deleteUser(model: UsersModel, account: IAccount): Promise<void> {
  const roles = account.roles.length
    ? `${count(account.roles.length, 'role')} (${account.roles.join(', ')}) ${account.roles.length === 1 ? 'is' : 'are'} taken away.`
    : '';
  const back =
    account.origin === 'ldap'
      ? 'With registration on, the next login with LDAP makes a new account.'
      : 'The name can be given again, to an account that shares nothing with this one.';
  const answer = await showDialog({
    title: `Delete the user ${account.name}?`,
    body: `${roles} Open windows and tokens stop working. DAG files, runs and the audit log stay. ${back}`.trim(),
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: `Delete ${account.name}` })
    ],
    defaultButton: 0
  });
  if (answer.button.accept) {
    await attempt(async () => {
      await model.api.deleteAccount(account.name);
      await model.refresh();
    });
  }
}
