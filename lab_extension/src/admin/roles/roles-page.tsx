import * as React from 'react';

import type { IWorkflow } from '../../tokens';
import type { IAdminContent } from '../admin-page';
import { RolesModel } from './roles-model';
import { RolesView } from './roles-view';

export function rolesPage({ client, dags }: IWorkflow): IAdminContent {
  const model = new RolesModel(client.security, () =>
    dags.rows.map(row => row.dag_id)
  );
  return { element: <RolesView model={model} />, model };
}
