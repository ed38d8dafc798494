/** The list of people, a page at a time, and the roles that they can have. */
import type { SecurityApi } from '../../api/security';
import type { IAccount, IRole } from '../../api/security-types';
import { ListModel } from '../list/list-model';

export class UsersModel extends ListModel<IAccount> {
  constructor(readonly api: SecurityApi) {
    const known: { roles: readonly IRole[] } = { roles: [] };
    super(async query => {
      const [list, roles] = await Promise.all([
        api.accounts(query),
        api.roles()
      ]);
      known.roles = roles;
      return { rows: list.accounts, total: list.total_entries };
    }, 'name');
    this._known = known;
  }

  get roles(): readonly IRole[] {
    return this._known.roles;
  }

  private readonly _known: { readonly roles: readonly IRole[] };
}
