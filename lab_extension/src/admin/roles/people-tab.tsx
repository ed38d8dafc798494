import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { attempt } from '../../notify';
import { IconButton } from '../../parts/controls';
import { fullName } from '../users/user-form';
import { type IHolder, peopleOf } from './people';
import type { RolesModel } from './roles-model';

/** Who has the role, and through what; changes here hold at once. */
export function PeopleTab({
  model
}: {
  model: RolesModel;
}): JSX.Element | null {
  const { role, people } = model;
  if (!role) {
    return null;
  }
  const holders = peopleOf(role, people);
  const assigned = new Set(
    holders.filter(one => one.isAssigned).map(one => one.account.name)
  );
  const others = people.filter(one => !assigned.has(one.name));
  const add = (name: string): void => {
    const account = others.find(one => one.name === name);
    if (account) {
      void attempt(() => model.assign(account, true));
    }
  };
  return (
    <div role="tabpanel" aria-label="People">
      <div className="couture-Role-tools">
        <select
          aria-label="Give the role to"
          value=""
          onChange={event => add(event.target.value)}
        >
          <option value="">Give the role to…</option>
          {others.map(account => (
            <option key={account.name} value={account.name}>
              {[account.name, fullName(account)].filter(Boolean).join(', ')}
            </option>
          ))}
        </select>
        <span className="couture-Secondary">It holds at once.</span>
      </div>
      {holders.length ? (
        <table className="couture-Table couture-Rows">
          <thead>
            <tr>
              <th>User</th>
              <th>Name</th>
              <th>Through</th>
              <th aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {holders.map(holder => (
              <Row key={holder.account.name} model={model} holder={holder} />
            ))}
          </tbody>
        </table>
      ) : (
        <div className="couture-Empty">
          <p>
            Nobody has {role.name}. Give it to somebody here, or name a group of
            the directory above.
          </p>
        </div>
      )}
    </div>
  );
}

function Row(props: { model: RolesModel; holder: IHolder }): JSX.Element {
  const { model, holder } = props;
  const { account, isAssigned, groups } = holder;
  return (
    <tr>
      <td>
        <strong>{account.name}</strong>
        {!account.is_active && <span className="couture-Tag">inactive</span>}
      </td>
      <td>{fullName(account)}</td>
      <td>
        {[isAssigned ? 'assigned' : '', ...groups].filter(Boolean).join(', ')}
      </td>
      <td className="couture-Rows-actions">
        {isAssigned && (
          <IconButton
            icon={closeIcon}
            label={`Take the role from ${account.name}`}
            onClick={() => void attempt(() => model.assign(account, false))}
          />
        )}
      </td>
    </tr>
  );
}
