"""Roles: the six default ones, and those that an administrator makes."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.default_roles import (
    ACTION_ROLES,
    ACTIONS,
    ADMIN,
    MENU_ROLES,
    PUBLIC,
    ROLES,
    VIEWER_ACTIONS,
)
from couture_scheduler.errors import Conflict, Invalid
from couture_scheduler.rights import MENUS_OF_DAGS
from couture_scheduler.schemas.accounts import (
    Ability,
    ActionView,
    Grant,
    MenuView,
    NewRole,
    Permissions,
    Role,
    RoleList,
    RolePatch,
)
from couture_scheduler.services.abilities import ABILITIES, ACTION_HELP
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import accounts, roles

MENU = "RoleModelView"  #: only Admin holds it: who edits roles can do everything


@service("can_list", MENU)
def get_roles(tx: Tx, call: Call) -> RoleList:
    """List roles, the default ones first."""
    return RoleList(roles=[_role(tx, row) for row in roles.list_roles(tx)])


@service("can_show", MENU)
def get_role(tx: Tx, call: Call, role: str) -> Role:
    """Return one role."""
    return _role(tx, roles.get_role(tx, role))


@service("can_list", MENU)
def get_permissions(tx: Tx, call: Call) -> Permissions:
    """Return all that can be granted."""
    return Permissions(
        actions=[
            ActionView(name=name, role=role, help=ACTION_HELP[name])
            for name, role in ACTION_ROLES.items()
        ],
        menus=[MenuView(name=name, role=role) for name, role in MENU_ROLES.items()],
        abilities=[
            Ability(name=one.name, title=one.title, actions=list(one.actions)) for one in ABILITIES
        ],
    )


@service("can_add", MENU, mutates=True)
def create_role(tx: Tx, call: Call, body: NewRole) -> Role:
    """Add a role."""
    name = _free_name(tx, body.name)
    _check(body.grants)
    role_id = roles.add_role(tx, name, body.description)
    roles.set_grants(tx, role_id, [grant.model_dump() for grant in body.grants])
    roles.set_groups(tx, role_id, body.ldap_groups)
    return _role(tx, roles.get_role(tx, name))


@service("can_edit", MENU, mutates=True)
def patch_role(tx: Tx, call: Call, role: str, body: RolePatch) -> Role:
    """Change a role; it holds for everybody at the next call."""
    row = roles.get_role(tx, role)
    before = _role(tx, row)
    given = set(body.model_dump(exclude_unset=True, exclude_none=True))
    _check_default(row, given)
    values: dict[str, Any] = {}
    if body.name is not None and body.name.strip() != row.name:
        values["name"] = _free_name(tx, body.name)
    if body.description is not None:
        values["description"] = body.description
    if values:
        roles.set_role(tx, row.id, values)
    if body.grants is not None:
        _check(body.grants)
        if row.name == PUBLIC:
            _check_public(body.grants)
        roles.set_grants(tx, row.id, [grant.model_dump() for grant in body.grants])
    if body.ldap_groups is not None:
        roles.set_groups(tx, row.id, body.ldap_groups)
    after = _role(tx, roles.get_role(tx, values.get("name", row.name)))
    call.notes.update({"before": before.model_dump(), "after": after.model_dump()})
    return after


@service("can_delete", MENU, mutates=True)
def delete_role(tx: Tx, call: Call, role: str) -> None:
    """Remove a role from everybody."""
    row = roles.get_role(tx, role)
    if row.is_default:
        raise Conflict(f"{row.name} is one of the six default roles, which cannot be deleted.")
    call.notes["before"] = _role(tx, row).model_dump()
    roles.delete_role(tx, row.id)


def _check_default(row: Any, given: set[str]) -> None:
    allowed = {"ldap_groups"} | ({"grants"} if row.name == PUBLIC else set())
    if row.is_default and given - allowed:
        raise Conflict(
            f"{row.name} is one of the six default roles. Only the groups that bring it can be "
            "changed; for other rights add a role that starts from it."
        )


def _check_public(grants: list[Grant]) -> None:
    changing = {one for grant in grants for one in grant.actions} - VIEWER_ACTIONS
    if changing:
        raise Invalid(
            f"{min(changing)} changes something: people who are not logged in can read only.",
            "grants",
        )


def _free_name(tx: Tx, name: str) -> str:
    name = name.strip()
    if not name or not name.isprintable() or "/" in name:
        raise Invalid("A role's name is printable text without slashes.", "name")
    if any(row.name.casefold() == name.casefold() for row in roles.list_roles(tx)):
        raise Conflict(f"There is a role {name!r} already.")
    return name


def _check(grants: list[Grant]) -> None:
    for grant in grants:
        if unknown := [one for one in grant.actions if one not in ACTION_ROLES]:
            raise Invalid(f"There is no permission {unknown[0]!r} to grant.", "grants")
        if unknown := [one for one in grant.menus if one not in MENU_ROLES]:
            raise Invalid(f"There is no view menu {unknown[0]!r} to grant.", "grants")
        if grant.dag is None:
            continue
        if not grant.dag.isprintable() or grant.dag != grant.dag.strip():
            raise Invalid(f"{grant.dag!r} is no pattern of DAG ids.", "grants")
        if others := sorted(set(grant.menus) - MENUS_OF_DAGS):
            raise Invalid(f"{others[0]} is not about DAGs: grant it without a DAG.", "grants")


def _role(tx: Tx, row: Any) -> Role:
    if row.name == ADMIN and row.is_default:
        grants = [Grant(dag=None, actions=list(ACTIONS), menus=list(MENU_ROLES))]
    elif row.is_default and ROLES[row.name]:
        grants = [
            Grant(dag=None, actions=sorted(one.actions), menus=sorted(one.menus))
            for one in ROLES[row.name]
        ]
    else:
        grants = [
            Grant(dag=one.dag, actions=one.actions, menus=one.menus)
            for one in roles.list_grants(tx, [row.id])
        ]
    groups = [one.group_dn for one in roles.list_groups(tx) if one.role_id == row.id]
    return Role(
        name=row.name,
        description=row.description or "",
        is_default=row.is_default,
        grants=grants,
        ldap_groups=groups,
        people=_count_people(tx, row, set(groups)),
    )


def _count_people(tx: Tx, row: Any, groups: set[str]) -> int:
    assigned = {one.account for one in roles.list_assigned(tx) if one.role == row.name}
    through = {
        one.name
        for one in accounts.list_all(tx)
        if groups and groups & {roles.normalize_dn(dn) for dn in one.groups or ()}
    }
    return len(assigned | through)
