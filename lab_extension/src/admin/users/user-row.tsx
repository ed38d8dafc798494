import { editIcon, ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IAccount } from '../../api/security-types';
import { IconButton } from '../../parts/controls';
import { openMenu } from '../../parts/menu';
import { StateMark } from '../../parts/state-mark';
import { moment, utc } from '../../words/time';
import { editUser } from './user-dialog';
import { fullName } from './user-form';
import { userMenu } from './user-menu';
import type { UsersModel } from './users-model';

interface IProps {
  account: IAccount;
  model: UsersModel;
  isMe: boolean;
}

/** One person; Enter edits, the dots hold the rest. */
export function UserRow({ account, model, isMe }: IProps): JSX.Element {
  const { name, email, origin, last_login } = account;
  const edit = (): void => void editUser(model, account);
  const more = (anchor: Element): void =>
    openMenu(anchor, userMenu(model, account, isMe));
  return (
    <tr
      data-user={name}
      className={account.is_active ? undefined : 'couture-mod-off'}
      onDoubleClick={edit}
      onContextMenu={event => {
        event.preventDefault();
        more(event.currentTarget.lastElementChild ?? event.currentTarget);
      }}
    >
      <td>
        <strong>{name}</strong>
        {isMe && <span className="couture-Tag">you</span>}
      </td>
      <td>{fullName(account)}</td>
      <td>{email}</td>
      <td>{origin === 'ldap' ? 'LDAP' : 'Local'}</td>
      <td>
        <Roles account={account} />
      </td>
      <td title={last_login ? utc(last_login) : undefined}>
        {last_login ? (
          moment(last_login, new Date())
        ) : (
          <span className="couture-Secondary">never</span>
        )}
      </td>
      <td>
        <State account={account} />
      </td>
      <td className="couture-Rows-actions">
        <IconButton icon={editIcon} label={`Edit ${name}`} onClick={edit} />
        <IconButton
          icon={ellipsesIcon}
          label={`More for ${name}`}
          onClick={event => more(event.currentTarget)}
        />
      </td>
    </tr>
  );
}

/** Assigned roles, and those that groups of the directory bring. */
function Roles({ account }: { account: IAccount }): JSX.Element {
  const through = account.group_roles.filter(
    one => !account.roles.includes(one.role)
  );
  if (!account.roles.length && !through.length) {
    return <span className="couture-Secondary">none: sees nothing</span>;
  }
  return (
    <span className="couture-Tags">
      {account.roles.map(role => (
        <span key={role} className="couture-Tag">
          {role}
        </span>
      ))}
      {through.map(({ role, group }) => (
        <span
          key={role}
          className="couture-Tag couture-mod-faint"
          title={`Through ${group}`}
        >
          {role} <span className="couture-Secondary">by group</span>
        </span>
      ))}
    </span>
  );
}

function State({ account }: { account: IAccount }): JSX.Element {
  const [state, words, title] = stateWords(account);
  return (
    <span className="couture-Marked" title={title}>
      <StateMark state={state} size={14} />
      {words}
    </span>
  );
}

function stateWords(account: IAccount): [string, string, string?] {
  if (!account.is_active) {
    return ['skipped', 'Inactive', 'Every call of this person is refused'];
  }
  if (account.locked_until && Date.parse(account.locked_until) > Date.now()) {
    const until = moment(account.locked_until, new Date());
    return ['failed', `Locked until ${until}`, 'Too many wrong passwords'];
  }
  if (account.must_change_password) {
    return ['queued', 'New password due', 'Asked for at the next login'];
  }
  return ['success', 'Active'];
}
