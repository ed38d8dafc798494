import { addIcon, closeIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { INewRole, IPermissions, IRole } from '../../api/security-types';
import { Button, IconButton, SearchBox } from '../../parts/controls';
import { flowIcon } from '../../parts/icons';
import { count } from '../../words/time';
import { AbilityCell } from './ability-cell';
import { addDagRow } from './add-row';
import { cellOf, removeRow, rowsOf, setAbility } from './matrix';
import { matchWords } from './pattern';
import type { RolesModel } from './roles-model';

/** Abilities by DAG patterns; what all DAGs grant is grey below. */
export function MatrixTab({
  model
}: {
  model: RolesModel;
}): JSX.Element | null {
  const [filter, setFilter] = React.useState('');
  const { role, draft, permissions, isEditable } = model;
  if (!role || !draft || !permissions) {
    return null;
  }
  const rows = rowsOf(draft.grants).filter(
    dag => dag === null || dag.toLowerCase().includes(filter.toLowerCase())
  );
  return (
    <div role="tabpanel" aria-label="DAGs">
      {isEditable && (
        <div className="couture-Role-tools">
          <SearchBox
            value={filter}
            placeholder="Filter"
            icon={searchIcon}
            onChange={setFilter}
          />
          <Button
            text="Add a DAG"
            icon={addIcon}
            onClick={() => void addDagRow(model)}
          />
        </div>
      )}
      <table className="couture-Table couture-Matrix">
        <thead>
          <tr>
            <th>DAG</th>
            {permissions.abilities.map(ability => (
              <th key={ability.name} title={ability.actions.join(', ')}>
                {ability.title}
              </th>
            ))}
            <th aria-label="Changes" />
          </tr>
        </thead>
        <tbody>
          {rows.map(dag => (
            <Row
              key={dag ?? ''}
              dag={dag}
              {...{ model, role, draft, permissions }}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface IRowProps {
  model: RolesModel;
  dag: string | null;
  role: IRole;
  draft: INewRole;
  permissions: IPermissions;
}

function Row(props: IRowProps): JSX.Element {
  const { model, dag, role, draft, permissions } = props;
  const cells = permissions.abilities.map(ability => ({
    ability,
    cell: cellOf(draft.grants, role.grants, dag, ability)
  }));
  const changes = cells.filter(({ cell }) => cell.isChanged).length;
  return (
    <tr data-pattern={dag ?? ''}>
      <th scope="row">
        <flowIcon.react tag="span" width="14px" height="14px" />
        {dag ?? 'All DAGs'}
        {dag !== null && (
          <span className="couture-Secondary">
            {matchWords(dag, model.dagIds)}
          </span>
        )}
      </th>
      {cells.map(({ ability, cell }) => (
        <td key={ability.name}>
          <AbilityCell
            cell={cell}
            label={`${ability.title} on ${dag ?? 'all DAGs'}`}
            isEditable={model.isEditable}
            onChange={isOn =>
              model.setGrants(
                setAbility(draft.grants, dag, ability.name, isOn, permissions)
              )
            }
          />
        </td>
      ))}
      <td className="couture-Matrix-end">
        {changes > 0 && (
          <span className="couture-Badge couture-s-up-for-retry">
            {count(changes, 'change')}
          </span>
        )}
        {dag !== null && model.isEditable && (
          <IconButton
            icon={closeIcon}
            label={`Remove ${dag}`}
            onClick={() => model.setGrants(removeRow(draft.grants, dag))}
          />
        )}
      </td>
    </tr>
  );
}
