/** Who has a role, and through what. Pure. */
import type { IAccount, IRole } from '../../api/security-types';

export interface IHolder {
  account: IAccount;
  isAssigned: boolean;
  /** Groups of the directory that bring the role. */
  groups: string[];
}

export function peopleOf(
  role: IRole,
  accounts: readonly IAccount[]
): IHolder[] {
  return accounts
    .map(account => ({
      account,
      isAssigned: account.roles.includes(role.name),
      groups: account.group_roles
        .filter(one => one.role === role.name)
        .map(one => one.group)
    }))
    .filter(one => one.isAssigned || one.groups.length);
}

/** The largest default role that a role's general grants contain, or ''. */
export function startOf(role: IRoleLike, roles: readonly IRole[]): string {
  const held = pairs(role);
  const bases = roles
    .filter(one => one.is_default && one.name !== 'Admin')
    .map(one => ({ name: one.name, pairs: pairs(one) }))
    .filter(
      one => one.pairs.size && [...one.pairs].every(pair => held.has(pair))
    );
  bases.sort((a, b) => b.pairs.size - a.pairs.size);
  return bases[0]?.name ?? '';
}

type IRoleLike = Pick<IRole, 'grants'>;

function pairs({ grants }: IRoleLike): Set<string> {
  const general = grants.filter(grant => grant.dag === null);
  return new Set(
    general.flatMap(({ actions, menus }) =>
      actions.flatMap(action => menus.map(menu => `${action} ${menu}`))
    )
  );
}
