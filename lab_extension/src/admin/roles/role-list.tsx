import { addIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IRole } from '../../api/security-types';
import { IconButton } from '../../parts/controls';
import { shieldIcon } from '../../parts/admin-icons';
import { addRole } from './role-dialog';
import type { RolesModel } from './roles-model';

/** The default roles, then one's own, each with how many people have it. */
export function RoleList({ model }: { model: RolesModel }): JSX.Element {
  const { roles } = model;
  const own = roles.filter(role => !role.is_default);
  return (
    <nav className="couture-RoleList" aria-label="Roles">
      <header>
        <h2>Roles</h2>
        <IconButton
          icon={addIcon}
          label="Add role"
          onClick={() => void addRole(model)}
        />
      </header>
      <Items model={model} roles={roles.filter(role => role.is_default)} />
      <h3>Own roles</h3>
      {own.length ? (
        <Items model={model} roles={own} />
      ) : (
        <p className="couture-Secondary">
          None yet. Add one for rights on some DAGs only.
        </p>
      )}
    </nav>
  );
}

function Items(props: {
  model: RolesModel;
  roles: readonly IRole[];
}): JSX.Element {
  const { model, roles } = props;
  return (
    <ul>
      {roles.map(role => (
        <li key={role.name}>
          <button
            type="button"
            aria-current={role.name === model.role?.name}
            title={role.description}
            onClick={() => model.choose(role.name)}
          >
            <shieldIcon.react tag="span" width="16px" height="16px" />
            <span className="couture-RoleList-name">{role.name}</span>
            {model.isChanged(role) && (
              <span className="couture-Dot" title="Not saved" />
            )}
            <span className="couture-RoleList-count">{role.people}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
