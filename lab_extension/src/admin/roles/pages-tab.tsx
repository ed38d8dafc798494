import * as React from 'react';

import type { IGrant, IGrantable } from '../../api/security-types';
import { menusOfDags } from './matrix';
import type { RolesModel } from './roles-model';

/** The permissions and view menus of one grant, by the names of the manual. */
export function PagesTab({ model }: { model: RolesModel }): JSX.Element | null {
  const [picked, setPicked] = React.useState(0);
  const { draft, permissions, isEditable } = model;
  if (!draft || !permissions) {
    return null;
  }
  const grants = draft.grants.length
    ? draft.grants
    : [{ dag: null, actions: [], menus: [] }];
  const place = Math.min(picked, grants.length - 1);
  const grant = grants[place];
  const change = (patch: Partial<IGrant>): void =>
    model.setGrants(
      grants.map((one, index) => (index === place ? { ...one, ...patch } : one))
    );
  const ofDags = new Set(menusOfDags(permissions));
  return (
    <div role="tabpanel" aria-label="Pages and menus">
      <div className="couture-Role-tools">
        <label>
          What is granted on{' '}
          <select
            value={place}
            onChange={event => setPicked(Number(event.target.value))}
          >
            {grants.map((_, index) => (
              <option key={index} value={index}>
                {grantWords(grants, index)}
              </option>
            ))}
          </select>
        </label>
        <span className="couture-Secondary">
          Each permission holds on each of the menus.
        </span>
      </div>
      <div className="couture-Checklists">
        <CheckList
          title="Permissions"
          all={permissions.actions}
          held={grant.actions}
          isEditable={isEditable}
          onChange={actions => change({ actions })}
        />
        <CheckList
          title="Pages and menus"
          all={permissions.menus.filter(
            menu => grant.dag === null || ofDags.has(menu.name)
          )}
          held={grant.menus}
          isEditable={isEditable}
          onChange={menus => change({ menus })}
        />
      </div>
    </div>
  );
}

/** "all DAGs", "sales_*"; a second grant of the same DAGs has its number. */
function grantWords(grants: readonly IGrant[], index: number): string {
  const { dag } = grants[index];
  const before = grants.slice(0, index).filter(one => one.dag === dag).length;
  return `${dag ?? 'all DAGs'}${before ? ` (${before + 1})` : ''}`;
}

interface IListProps {
  title: string;
  all: readonly IGrantable[];
  held: readonly string[];
  isEditable: boolean;
  onChange: (held: string[]) => void;
}

/** Check boxes under the default role that first has them. */
function CheckList(props: IListProps): JSX.Element {
  const { title, all, held, isEditable, onChange } = props;
  const roles = [...new Set(all.map(one => one.role))];
  const toggle = (name: string, isOn: boolean): void =>
    onChange(isOn ? [...held, name] : held.filter(one => one !== name));
  const n = all.filter(one => held.includes(one.name)).length;
  return (
    <section aria-label={title}>
      <h2>
        {title}{' '}
        <span className="couture-Secondary">
          {n} of {all.length}
        </span>
      </h2>
      {roles.map(role => (
        <fieldset key={role}>
          <legend>{role}</legend>
          {all
            .filter(one => one.role === role)
            .map(({ name, help }) => (
              <label key={name} className="couture-Check" title={help}>
                <input
                  type="checkbox"
                  checked={held.includes(name)}
                  disabled={!isEditable}
                  onChange={event => toggle(name, event.target.checked)}
                />
                <code>{name}</code>
                <span className="couture-Secondary">{help}</span>
              </label>
            ))}
        </fieldset>
      ))}
    </section>
  );
}
