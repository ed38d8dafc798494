import * as React from 'react';

import type { IWorkflow } from '../../tokens';
import type { IAdminContent } from '../admin-page';
import { ListModel } from '../list/list-model';
import { PoolsView } from './pools-view';

export function poolsPage({ client }: IWorkflow): IAdminContent {
  const api = client.admin;
  const model = new ListModel(query => api.pools(query), 'name');
  return { element: <PoolsView model={model} api={api} />, model };
}
