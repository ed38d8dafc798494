import * as React from 'react';

import { useSignal } from '../../parts/hooks';
import { Tabs } from '../../parts/tabs';
import { UnsavedBar } from '../../parts/unsaved-bar';
import { Skeleton } from '../../panel/empty-list';
import { CheckPerson } from './check-person';
import { effectOf } from './effect';
import { MatrixTab } from './matrix-tab';
import { rowsOf } from './matrix';
import { PagesTab } from './pages-tab';
import { PeopleTab } from './people-tab';
import { peopleOf } from './people';
import { RoleHead } from './role-head';
import { RoleList } from './role-list';
import type { RolesModel } from './roles-model';

/** Security > List Roles: the roles, one of them, and a check of one person. */
export function RolesView({ model }: { model: RolesModel }): JSX.Element {
  useSignal(model.changed);
  if (!model.role || !model.permissions) {
    return model.error ? (
      <p className="couture-Problem" role="alert">
        {model.error}
      </p>
    ) : (
      <Skeleton />
    );
  }
  return (
    <div className="couture-Roles">
      <RoleList model={model} />
      <main className="couture-Role">
        <RoleHead model={model} />
        <RoleTabs model={model} />
        {model.error && (
          <p className="couture-Problem" role="alert">
            {model.error}
          </p>
        )}
        <Bar model={model} />
      </main>
      <CheckPerson model={model} />
    </div>
  );
}

function RoleTabs({ model }: { model: RolesModel }): JSX.Element {
  const { role, draft, tab } = model;
  const grants = draft?.grants ?? [];
  const actions = new Set(grants.flatMap(grant => grant.actions));
  const people = role ? peopleOf(role, model.people) : [];
  return (
    <>
      <Tabs
        label="Role"
        tabs={[
          { id: 'dags', text: 'DAGs', count: rowsOf(grants).length - 1 },
          { id: 'pages', text: 'Pages and menus', count: actions.size },
          { id: 'people', text: 'People', count: people.length }
        ]}
        current={tab}
        onPick={picked => model.showTab(picked)}
      />
      <div className="couture-Role-body">
        {tab === 'dags' && <MatrixTab model={model} />}
        {tab === 'pages' && <PagesTab model={model} />}
        {tab === 'people' && <PeopleTab model={model} />}
      </div>
    </>
  );
}

function Bar({ model }: { model: RolesModel }): JSX.Element | null {
  const { role, draft, permissions } = model;
  if (!role || !draft || !permissions || !model.isChanged(role)) {
    return null;
  }
  const { changes, words } = effectOf(role, draft, permissions);
  return (
    <UnsavedBar
      changes={Math.max(1, changes)}
      effect={words}
      save="Save role"
      isSaving={model.isSaving}
      onSave={() => void model.save()}
      onDiscard={() => model.discard()}
    />
  );
}
