"""From an account's name to an actor: what it may do is read from the database at every call."""

from collections.abc import Collection
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.rights import Rights
from couture_scheduler.services.actor import ANONYMOUS, Actor
from couture_scheduler.services.roles import PUBLIC, ROLES
from couture_scheduler.services.workflow import Workflow
from couture_scheduler.store import accounts, roles


def actor_for(
    workflow: Workflow, name: str | None, source_ip: str | None, source: str = "rest_api"
) -> Actor | None:
    """Return who makes a call, with the rights that hold now.

    Args:
        name: of the account; None = somebody who is not logged in, with the rights of Public.

    Returns:
        None where there is no such account or it is not active.
    """
    with workflow.db.read() as tx:
        if name is None:
            public = roles.get_role(tx, PUBLIC)
            return Actor(ANONYMOUS, source_ip, rights_of(tx, [public]), (PUBLIC,), source)
        row = accounts.find_account(tx, name)
        if row is None or not row.is_active:
            return None
        held = roles_of(tx, row)
        names = tuple(role.name for role in held)
        return Actor(row.name, source_ip, rights_of(tx, held), names, source)


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
