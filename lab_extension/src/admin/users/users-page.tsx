import * as React from 'react';

import type { IWorkflow } from '../../tokens';
import type { IAdminContent } from '../admin-page';
import { UsersModel } from './users-model';
import { UsersView } from './users-view';

export function usersPage({ client, me }: IWorkflow): IAdminContent {
  const model = new UsersModel(client.security);
  return { element: <UsersView model={model} me={me} />, model };
}
