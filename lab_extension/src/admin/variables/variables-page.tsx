import * as React from 'react';

import type { IWorkflow } from '../../tokens';
import type { IAdminContent } from '../admin-page';
import { ListModel } from '../list/list-model';
import { VariablesView } from './variables-view';

export function variablesPage({ client, me }: IWorkflow): IAdminContent {
  const api = client.admin;
  const model = new ListModel(query => api.variables(query), 'key');
  return {
    element: <VariablesView model={model} api={api} me={me} />,
    model
  };
}
