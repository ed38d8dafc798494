import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IRole } from '../../api/security-types';
import { attempt } from '../../notify';
import { IconButton, Link } from '../../parts/controls';
import { openMenu } from '../../parts/menu';
import { count } from '../../words/time';
import { GroupChips } from './group-chips';
import { startFrom } from './matrix';
import { startOf } from './people';
import { renameRole } from './role-dialog';
import type { RolesModel } from './roles-model';

/** Name, what the role starts from, how many have it, the groups that bring it. */
export function RoleHead({ model }: { model: RolesModel }): JSX.Element | null {
  const { role, draft } = model;
  if (!role || !draft) {
    return null;
  }
  return (
    <>
      <header className="couture-RoleHead">
        <h1 title={role.description}>{role.name}</h1>
        {!role.is_default && <StartsFrom model={model} />}
        <span className="couture-RoleHead-fact">
          People{' '}
          <Link
            text={String(role.people)}
            onClick={() => model.showTab('people')}
          />
        </span>
        <GroupChips
          groups={draft.ldap_groups}
          onChange={ldap_groups => model.edit({ ldap_groups })}
        />
        {!role.is_default && (
          <IconButton
            icon={ellipsesIcon}
            label={`More for ${role.name}`}
            onClick={event =>
              openMenu(event.currentTarget, [
                {
                  label: 'Rename…',
                  run: () => void renameRole(model, role)
                },
                {
                  label: 'Delete…',
                  run: () => void deleteRole(model, role)
                }
              ])
            }
          />
        )}
      </header>
      {role.is_default && (
        <p className="couture-RoleNote">{readOnlyWords(role)}</p>
      )}
    </>
  );
}

function StartsFrom({ model }: { model: RolesModel }): JSX.Element {
  const { draft, roles } = model;
  const bases = roles.filter(
    role => role.is_default && !['Admin', 'Public'].includes(role.name)
  );
  const change = (name: string): void => {
    const base = bases.find(role => role.name === name)?.grants ?? [];
    model.setGrants(startFrom(draft?.grants ?? [], base));
  };
  return (
    <label className="couture-RoleHead-fact">
      Starts from{' '}
      <select
        value={draft ? startOf(draft, roles) : ''}
        onChange={event => change(event.target.value)}
      >
        <option value="">Nothing</option>
        {bases.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function readOnlyWords(role: IRole): string {
  if (role.name === 'Admin') {
    return 'Admin can do everything, granting and revoking included: nothing of it can be taken away.';
  }
  if (role.name === 'Public') {
    return 'What people may read who have no other role. Nothing, unless you grant it here; it can only read.';
  }
  return `${role.name} is a default role of the manual and stays as it is. For other rights, add a role that starts from it.`;
}

async function deleteRole(model: RolesModel, role: IRole): Promise<void> {
  const answer = await showDialog({
    title: `Delete the role ${role.name}?`,
    body: role.people
      ? `${count(role.people, 'user')} ${role.people === 1 ? 'loses' : 'lose'} what it grants, at the next click. Their other roles stay.`
      : 'Nobody has it.',
    buttons: [
      Dialog.cancelButton(),
      Dialog.warnButton({ label: `Delete ${role.name}` })
    ],
    defaultButton: 0
  });
  if (answer.button.accept) {
    await attempt(() => model.remove(role));
  }
}
