"""What an account may do: its roles, assigned or through groups, and what these grant."""

from collections.abc import Collection
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.default_roles import ROLES
from couture_scheduler.rights import Rights
from couture_scheduler.store import accounts, roles


def rights_of_account(tx: Tx, name: str) -> tuple[Rights, ...]:
    """Return what an account may do; one that is gone or not active may do nothing."""
    row = accounts.find_account(tx, name)
    if row is None or not row.is_active:
        return ()
    return rights_of(tx, roles_of(tx, row))


def roles_of(tx: Tx, account: Any) -> list[Any]:
    """Return the roles of an account, assigned or through its groups, each once."""
    assigned = roles.list_of_account(tx, account.id)
    of_groups = roles.list_of_groups(tx, account.groups or ())
    return list({role.id: role for role in [*assigned, *of_groups]}.values())


def rights_of(tx: Tx, held: Collection[Any]) -> tuple[Rights, ...]:
    """Return what these roles grant together; the default ones have what S15 says."""
    names = {role.id: role.name for role in held}
    fixed = [one for role in held if role.is_default for one in ROLES[role.name]]
    granted = [
        Rights(frozenset(row.actions), frozenset(row.menus), row.dag, names[row.role_id])
        for row in roles.list_grants(tx, names)
    ]
    return (*fixed, *granted)
