import * as React from 'react';

import type { IWorkflow } from '../../tokens';
import type { IAdminContent } from '../admin-page';
import { ConnectionsModel } from './connections-model';
import { ConnectionsView } from './connections-view';

export function connectionsPage({ client }: IWorkflow): IAdminContent {
  const model = new ConnectionsModel(client.admin);
  return { element: <ConnectionsView model={model} />, model };
}
