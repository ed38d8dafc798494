import { addIcon, refreshIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { MeModel } from '../../models/me';
import { attempt } from '../../notify';
import { Button, IconButton, Link, SearchBox } from '../../parts/controls';
import { useSignal } from '../../parts/hooks';
import { Pager } from '../../parts/pager';
import { SortHeader } from '../../parts/sort-header';
import { Skeleton } from '../../panel/empty-list';
import { PAGE_SIZE } from '../list/list-model';
import { addUser } from './user-dialog';
import { UserRow } from './user-row';
import type { UsersModel } from './users-model';

interface IProps {
  model: UsersModel;
  me: MeModel;
}

const COLUMNS: [string, string][] = [
  ['name', 'User'],
  ['last_name', 'Name'],
  ['email', 'E-mail'],
  ['origin', 'Origin'],
  ['', 'Roles'],
  ['last_login', 'Last login'],
  ['', 'State']
];

/** Security > List Users. */
export function UsersView({ model, me }: IProps): JSX.Element {
  useSignal(model.changed);
  const add = (): void =>
    void attempt(async () => {
      await addUser(model);
    });
  return (
    <>
      <header className="couture-Header">
        <h1>Users</h1>
        <span className="couture-Header-count">{model.total}</span>
        <span className="couture-Header-space" />
        <span className="couture-Header-search">
          <SearchBox
            value={model.search}
            placeholder="Filter by name or e-mail"
            icon={searchIcon}
            onChange={text => model.setSearch(text)}
          />
        </span>
        <IconButton
          icon={refreshIcon}
          label="Read again"
          onClick={() => void model.refresh()}
        />
        <Button text="Add user" kind="primary" icon={addIcon} onClick={add} />
      </header>
      {model.error && (
        <p className="couture-Problem" role="alert">
          {model.error}
        </p>
      )}
      <div className="couture-Admin-body">
        {model.isLoaded ? <UserTable model={model} me={me} /> : <Skeleton />}
      </div>
      <Pager
        total={model.total}
        offset={model.offset}
        size={PAGE_SIZE}
        noun={['user', 'users']}
        onMove={offset => model.setOffset(offset)}
      />
    </>
  );
}

function UserTable({ model, me }: IProps): JSX.Element {
  if (!model.rows.length && !model.error) {
    return (
      <div className="couture-Empty">
        <p>No user matches “{model.search}”.</p>
        <Link text="Clear the filter" onClick={() => model.setSearch('')} />
      </div>
    );
  }
  return (
    <table className="couture-Table couture-Rows">
      <thead>
        <tr>
          {COLUMNS.map(([column, title]) => (
            <SortHeader
              key={title}
              title={title}
              column={column}
              order={model.order}
              onOrder={name => model.orderBy(name)}
            />
          ))}
          <th aria-label="Actions" />
        </tr>
      </thead>
      <tbody>
        {model.rows.map(account => (
          <UserRow
            key={account.name}
            account={account}
            model={model}
            isMe={account.name === me.me?.name}
          />
        ))}
      </tbody>
    </table>
  );
}
