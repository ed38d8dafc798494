import * as React from 'react';

import type { MeModel } from '../../models/me';
import { attempt } from '../../notify';
import { type IColumn, ListPage } from '../list/list-page';
import { addUser } from './user-dialog';
import { UserRow } from './user-row';
import type { UsersModel } from './users-model';

interface IProps {
  model: UsersModel;
  me: MeModel;
}

const COLUMNS: IColumn[] = [
  { column: 'name', title: 'User' },
  { column: 'last_name', title: 'Name' },
  { column: 'email', title: 'E-mail' },
  { column: 'origin', title: 'Origin' },
  { column: '', title: 'Roles' },
  { column: 'last_login', title: 'Last login' },
  { column: '', title: 'State' }
];

/** Security > List Users. */
export function UsersView({ model, me }: IProps): JSX.Element {
  return (
    <ListPage
      model={model}
      title="Users"
      noun={['user', 'users']}
      placeholder="Filter by name or e-mail"
      columns={COLUMNS}
      empty="Nobody has an account yet."
      add={{ text: 'Add user', run: () => void attempt(() => addUser(model)) }}
      row={account => (
        <UserRow
          key={account.name}
          account={account}
          model={model}
          isMe={account.name === me.me?.name}
        />
      )}
    />
  );
}
