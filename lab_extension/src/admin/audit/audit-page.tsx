import * as React from 'react';

import type { IWorkflow } from '../../tokens';
import type { IAdminContent } from '../admin-page';
import { AuditModel } from './audit-model';
import { AuditView } from './audit-view';

export function auditPage({ client }: IWorkflow): IAdminContent {
  const model = new AuditModel(client.security);
  return { element: <AuditView model={model} />, model };
}
