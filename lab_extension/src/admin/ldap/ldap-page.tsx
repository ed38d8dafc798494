import * as React from 'react';

import type { IWorkflow } from '../../tokens';
import type { IAdminContent } from '../admin-page';
import { LdapModel } from './ldap-model';
import { LdapView } from './ldap-view';

export function ldapPage({ client }: IWorkflow): IAdminContent {
  const model = new LdapModel(client.security);
  return { element: <LdapView model={model} />, model };
}
