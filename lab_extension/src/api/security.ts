/** People, roles, the directory's settings and the audit log. */
import type * as T from './security-types';
import { ours, type Requests } from './requests';

export class SecurityApi {
  constructor(private readonly requests: Requests) {}

  me(): Promise<T.IMe> {
    return this.requests.get(ours('me'));
  }

  async changePassword(oldPassword: string, password: string): Promise<void> {
    const body = { old_password: oldPassword, new_password: password };
    await this.requests.send('POST', ours('me', 'password'), body);
  }

  accounts(query: T.IAccountQuery): Promise<T.IAccountList> {
    return this.requests.get(ours('accounts'), { ...query });
  }

  addAccount(account: T.INewAccount): Promise<T.IAccount> {
    return this.requests.send('POST', ours('accounts'), account);
  }

  changeAccount(name: string, patch: T.IAccountPatch): Promise<T.IAccount> {
    return this.requests.send('PATCH', ours('accounts', name), patch);
  }

  deleteAccount(name: string): Promise<void> {
    return this.requests.remove(ours('accounts', name));
  }

  async resetPassword(
    name: string,
    password: string,
    mustChange: boolean
  ): Promise<void> {
    const body = { new_password: password, must_change_password: mustChange };
    await this.requests.send('POST', ours('accounts', name, 'password'), body);
  }

  rightsOf(name: string, dagId: string | null): Promise<T.IAccountRights> {
    return this.requests.get(ours('accounts', name, 'rights'), {
      dag_id: dagId
    });
  }

  async roles(): Promise<T.IRole[]> {
    return (await this.requests.get<{ roles: T.IRole[] }>(ours('roles'))).roles;
  }

  addRole(role: T.INewRole): Promise<T.IRole> {
    return this.requests.send('POST', ours('roles'), role);
  }

  changeRole(name: string, patch: Partial<T.INewRole>): Promise<T.IRole> {
    return this.requests.send('PATCH', ours('roles', name), patch);
  }

  deleteRole(name: string): Promise<void> {
    return this.requests.remove(ours('roles', name));
  }

  permissions(): Promise<T.IPermissions> {
    return this.requests.get(ours('permissions'));
  }

  ldap(): Promise<T.ILdapConfiguration> {
    return this.requests.get(ours('ldap', 'configuration'));
  }

  changeLdap(values: T.LdapValues): Promise<T.ILdapConfiguration> {
    const path = ours('ldap', 'configuration');
    return this.requests.send('PATCH', path, { values });
  }

  testLdap(
    values: T.LdapValues,
    username: string | null,
    password: string | null
  ): Promise<T.ILdapTest> {
    const body = { values, username, password };
    return this.requests.send('POST', ours('ldap', 'test'), body);
  }

  auditLogs(query: T.IAuditQuery): Promise<T.IAuditLog> {
    return this.requests.get(ours('audit-logs'), { ...query });
  }

  /** All entries that are asked for, as CSV. */
  exportAuditLogs(query: T.IAuditQuery): Promise<Blob> {
    const path = ours('audit-logs', 'export');
    return this.requests.file(path, { ...query }, 'text/csv');
  }
}
