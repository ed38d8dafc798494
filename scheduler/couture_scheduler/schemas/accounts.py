"""People, their roles, and what roles grant (ours)."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body, Page, Query

Origin = Literal["solo", "local", "ldap"]


class Me(Answer):
    """Who asks.

    Attributes:
        rights: permissions that are held, of all DAGs or of some.
        menus: view menus that they are held on.
    """

    name: str
    display_name: str
    email: str
    origin: Origin
    roles: list[str]
    is_admin: bool
    must_change_password: bool
    can_change_password: bool
    rights: list[str]
    menus: list[str]


class PasswordChange(Body):
    """A person's own new password."""

    old_password: str = Field(max_length=1000)
    new_password: str = Field(max_length=1000)


class PasswordReset(Body):
    """A password that an administrator gives."""

    new_password: str = Field(max_length=1000)
    must_change_password: bool = True


class GroupRole(Answer):
    """A role that membership in a group of the directory brings."""

    role: str
    group: str


class Account(Answer):
    """One person."""

    name: str
    first_name: str
    last_name: str
    email: str
    origin: Origin
    is_active: bool
    roles: list[str]
    group_roles: list[GroupRole]
    last_login: datetime | None
    created_at: datetime
    locked_until: datetime | None
    must_change_password: bool


class AccountList(Answer):
    """A page of people."""

    accounts: list[Account]
    total_entries: int


class AccountQuery(Page):
    """Which people."""

    search: str | None = None


class NewAccount(Body):
    """A person to add.

    Attributes:
        origin: ldap = the directory has the password; such a person may log in although
            AUTH_USER_REGISTRATION is off.
    """

    name: str = Field(max_length=100)
    first_name: str = Field(default="", max_length=250)
    last_name: str = Field(default="", max_length=250)
    email: str = Field(default="", max_length=250)
    origin: Literal["local", "ldap"] = "local"
    password: str = Field(default="", max_length=1000)
    roles: list[str] = []
    must_change_password: bool = True


class AccountPatch(Body):
    """What to change of a person."""

    first_name: str | None = Field(default=None, max_length=250)
    last_name: str | None = Field(default=None, max_length=250)
    email: str | None = Field(default=None, max_length=250)
    roles: list[str] | None = None
    is_active: bool | None = None


class RightsQuery(Query):
    """Of which DAG; None = of all."""

    dag_id: str | None = None


class Verdict(Answer):
    """Whether a person can do something, and through which roles."""

    ability: str
    title: str
    allowed: bool
    through: list[str]


class AccountRights(Answer):
    """What a person can do."""

    account: str
    is_active: bool
    verdicts: list[Verdict]


class Grant(Body):
    """Every one of `actions` on every one of `menus`.

    Attributes:
        dag: pattern of the DAGs that it is limited to, `*` for any characters; None = all.
    """

    dag: str | None = Field(default=None, min_length=1, max_length=250)
    actions: list[str]
    menus: list[str]


class Role(Answer):
    """One role.

    Attributes:
        people: how many have it, assigned or through groups.
    """

    name: str
    description: str
    is_default: bool
    grants: list[Grant]
    ldap_groups: list[str]
    people: int


class RoleList(Answer):
    """All roles."""

    roles: list[Role]


class NewRole(Body):
    """A role to add."""

    name: str = Field(min_length=1, max_length=100)
    description: str = Field(default="", max_length=1000)
    grants: list[Grant] = Field(default=[], max_length=1000)
    ldap_groups: list[str] = Field(default=[], max_length=1000)


class RolePatch(Body):
    """What to change of a role."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    description: str | None = Field(default=None, max_length=1000)
    grants: list[Grant] | None = Field(default=None, max_length=1000)
    ldap_groups: list[str] | None = Field(default=None, max_length=1000)


class ActionView(Answer):
    """A permission that can be granted."""

    name: str
    role: str
    help: str


class MenuView(Answer):
    """A view menu that permissions can be granted on."""

    name: str
    role: str


class Ability(Answer):
    """What people call a handful of permissions."""

    name: str
    title: str
    actions: list[str]


class Permissions(Answer):
    """All that can be granted."""

    actions: list[ActionView]
    menus: list[MenuView]
    abilities: list[Ability]
