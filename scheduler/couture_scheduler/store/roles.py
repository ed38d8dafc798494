"""Roles: what they grant, who has them, which groups of the directory bring them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.people import account, account_role, ldap_group_role, role, role_grant
from couture_scheduler.errors import NotFound
from couture_scheduler.ldap import names


def normalize_dn(dn: str) -> str:
    """Return a group's DN in the form in which DNs are compared, whatever it looks like."""
    try:
        return names.normalize_dn(dn)
    except ValueError:
        return dn.strip().casefold()


def list_roles(tx: Tx) -> list[Any]:
    """Return all roles, the default ones first."""
    return tx.rows(select(role).order_by(role.c.is_default.desc(), role.c.id))


def find_role(tx: Tx, name: str) -> Any | None:
    """Return one role, or None."""
    return tx.first(select(role).where(role.c.name == name))


def get_role(tx: Tx, name: str) -> Any:
    """Return one role."""
    row = find_role(tx, name)
    if row is None:
        raise NotFound(f"There is no role {name!r}.")
    return row


def add_role(tx: Tx, name: str, description: str, is_default: bool = False) -> int:
    """Insert a role and return its id."""
    values = {"name": name, "description": description, "is_default": is_default}
    result = tx.execute(insert(role).values(**values))
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0]


def set_role(tx: Tx, role_id: int, values: dict[str, Any]) -> None:
    """Change name or description of a role."""
    tx.execute(update(role).where(role.c.id == role_id).values(**values))


def delete_role(tx: Tx, role_id: int) -> None:
    """Remove a role from everybody and everywhere."""
    for table in (role_grant, account_role, ldap_group_role):
        tx.execute(delete(table).where(table.c.role_id == role_id))
    tx.execute(delete(role).where(role.c.id == role_id))


def list_grants(tx: Tx, role_ids: Collection[int]) -> list[Any]:
    """Return what these roles grant."""
    query = select(role_grant).where(role_grant.c.role_id.in_(role_ids))
    return tx.rows(query.order_by(role_grant.c.id))


def set_grants(tx: Tx, role_id: int, grants: Sequence[dict[str, Any]]) -> None:
    """Replace what a role grants: {"dag", "actions", "menus"} each."""
    tx.execute(delete(role_grant).where(role_grant.c.role_id == role_id))
    if grants:
        tx.execute(insert(role_grant), [{**grant, "role_id": role_id} for grant in grants])


def list_groups(tx: Tx) -> list[Any]:
    """Return all (group_dn, role_id)."""
    return tx.rows(select(ldap_group_role).order_by(ldap_group_role.c.id))


def set_groups(tx: Tx, role_id: int, dns: Sequence[str]) -> None:
    """Replace the groups of the directory that bring a role."""
    tx.execute(delete(ldap_group_role).where(ldap_group_role.c.role_id == role_id))
    found = dict.fromkeys(normalize_dn(dn) for dn in dns)
    if found:
        rows = [{"group_dn": dn, "role_id": role_id} for dn in found]
        tx.execute(insert(ldap_group_role), rows)


def list_of_account(tx: Tx, account_id: int) -> list[Any]:
    """Return the roles that were assigned to one account."""
    query = select(role).join(account_role, account_role.c.role_id == role.c.id)
    return tx.rows(query.where(account_role.c.account_id == account_id).order_by(role.c.id))


def list_of_groups(tx: Tx, dns: Collection[str]) -> list[Any]:
    """Return the roles that membership in these groups brings, with group_dn."""
    if not dns:
        return []
    query = select(role, ldap_group_role.c.group_dn).join(
        ldap_group_role, ldap_group_role.c.role_id == role.c.id
    )
    wanted = {normalize_dn(dn) for dn in dns}
    return tx.rows(query.where(ldap_group_role.c.group_dn.in_(wanted)).order_by(role.c.id))


def set_of_account(tx: Tx, account_id: int, role_ids: Collection[int]) -> None:
    """Replace the roles that are assigned to an account."""
    tx.execute(delete(account_role).where(account_role.c.account_id == account_id))
    if role_ids:
        rows = [{"account_id": account_id, "role_id": one} for one in sorted(set(role_ids))]
        tx.execute(insert(account_role), rows)


def list_assigned(tx: Tx) -> list[Any]:
    """Return (account name, role name) of all assignments."""
    return tx.rows(
        select(account.c.name.label("account"), role.c.name.label("role"))
        .join(account_role, account_role.c.account_id == account.c.id)
        .join(role, role.c.id == account_role.c.role_id)
        .order_by(account.c.name, role.c.id)
    )


def count_active_with(tx: Tx, role_id: int) -> int:
    """Count the active local accounts to which a role is assigned."""
    return tx.scalar(
        select(func.count())
        .select_from(account_role)
        .join(account, account.c.id == account_role.c.account_id)
        .where(account_role.c.role_id == role_id)
        .where(account.c.is_active.is_(True), account.c.origin == "local")
    )
