"""From an account's name to an actor: what it may do is read from the database at every call."""

from couture_scheduler.default_roles import PUBLIC
from couture_scheduler.grants import rights_of, roles_of
from couture_scheduler.services.actor import ANONYMOUS, Actor
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
