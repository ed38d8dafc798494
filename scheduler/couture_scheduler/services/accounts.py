"""People: who there is, what they may do, and passwords that an administrator gives."""

import re
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.default_roles import ADMIN
from couture_scheduler.errors import Conflict, Invalid
from couture_scheduler.grants import rights_of, roles_of
from couture_scheduler.rights import Rights
from couture_scheduler.schemas.accounts import (
    Account,
    AccountList,
    AccountPatch,
    AccountQuery,
    AccountRights,
    GroupRole,
    NewAccount,
    PasswordReset,
    RightsQuery,
    Verdict,
)
from couture_scheduler.services.abilities import ABILITIES
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.passwords import check_new, hash_password
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import accounts, dag_sources, roles

USERS = "UserModelView"  #: the view menu of everything here; only Admin holds it
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,99}")
_SHOWN = ("first_name", "last_name", "email", "is_active")


@service("can_list", USERS)
def get_accounts(tx: Tx, call: Call, query: AccountQuery) -> AccountList:
    """List people."""
    asked = criteria(query, accounts.ACCOUNT_COLUMNS)
    listed = accounts.list_accounts(tx, asked, query.search)
    found = [_account(tx, row) for row in listed.rows]
    return AccountList(accounts=found, total_entries=listed.total)


@service("can_show", USERS)
def get_account(tx: Tx, call: Call, account: str) -> Account:
    """Return one person."""
    return _account(tx, accounts.get_account(tx, account))


@service("can_add", USERS, mutates=True, secrets=("body",))
def create_account(tx: Tx, call: Call, body: NewAccount) -> Account:
    """Add a person: with a password of ours, or one that the directory knows."""
    name = check_name(body.name)
    if accounts.find_account(tx, name) is not None:
        raise Conflict(f"There is a user {name!r} already.")
    values = body.model_dump(include={"first_name", "last_name", "email", "origin"})
    if body.origin == "local":
        check_new(name, body.password, "password")
        values |= {
            "password": hash_password(body.password),
            "must_change": body.must_change_password,
            "password_changed_at": tx.now,
        }
    elif body.password:
        raise Invalid(f"The password of {name!r} is kept in the directory.", "password")
    call.notes.update({"account": name, "origin": body.origin, "roles": body.roles})
    account_id = accounts.add_account(tx, name, values)
    roles.set_of_account(tx, account_id, _role_ids(tx, body.roles))
    return _account(tx, accounts.get_account(tx, name))


@service("can_edit", USERS, mutates=True)
def patch_account(tx: Tx, call: Call, account: str, body: AccountPatch) -> Account:
    """Change names, roles, or whether the account is active; it holds at the next call."""
    row = accounts.get_account(tx, account)
    before = _account(tx, row)
    given = body.model_dump(exclude_unset=True, exclude_none=True)
    if row.name == call.actor.user and given.get("is_active") is False:
        raise Conflict("You cannot deactivate your own account.")
    names = given.pop("roles", None)
    accounts.set_account(tx, row.id, given)
    if names is not None:
        roles.set_of_account(tx, row.id, _role_ids(tx, names))
    _keep_an_admin(tx)
    after = _account(tx, accounts.get_account(tx, account))
    call.notes.update({"before": _noted(before), "after": _noted(after)})
    return after


@service("can_delete", USERS, mutates=True)
def delete_account(tx: Tx, call: Call, account: str) -> None:
    """Remove a person; what the person did stays in the audit log."""
    row = accounts.get_account(tx, account)
    if row.name == call.actor.user:
        raise Conflict("You cannot delete your own account.")
    call.notes["before"] = _noted(_account(tx, row))
    accounts.delete_account(tx, row.id)
    dag_sources.forget_author(tx, row.name)
    _keep_an_admin(tx)


@service("can_edit", USERS, mutates=True, secrets=("body",))
def reset_password(tx: Tx, call: Call, account: str, body: PasswordReset) -> None:
    """Give a person another password; sessions of the old one end."""
    row = accounts.get_account(tx, account)
    if row.origin != "local":
        raise Conflict(f"The password of {row.name!r} is kept in the directory. Change it there.")
    check_new(row.name, body.new_password)
    values = {
        "password": hash_password(body.new_password),
        "must_change": body.must_change_password,
        "password_changed_at": tx.now,
    }
    accounts.set_account(tx, row.id, values)


@service("can_show", USERS)
def get_account_rights(tx: Tx, call: Call, account: str, query: RightsQuery) -> AccountRights:
    """Say what a person can do, of one DAG or of all, and through which roles."""
    row = accounts.get_account(tx, account)
    held = rights_of(tx, roles_of(tx, row))
    verdicts = []
    for ability in ABILITIES:
        through = [one.role for one in held if _covers(one, ability.key, query.dag_id)]
        verdicts.append(
            Verdict(
                ability=ability.name,
                title=ability.title,
                allowed=bool(through) and row.is_active,
                through=list(dict.fromkeys(through)),
            )
        )
    return AccountRights(account=row.name, is_active=row.is_active, verdicts=verdicts)


def _covers(held: Rights, action: str, dag_id: str | None) -> bool:
    """Say whether rights hold for one DAG; without one, for all."""
    return held.allows(action, "Airflow", dag_id) and (dag_id is not None or held.dag is None)


def check_name(name: str) -> str:
    """Return a user name as it is stored.

    Raises:
        Invalid: it has other characters than names may have.
    """
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise Invalid(
            "A user name has 1 to 100 of a-z, 0-9, dot, dash, underscore and @, "
            "and begins with a letter or digit.",
            "name",
        )
    return name


def _role_ids(tx: Tx, names: list[str]) -> list[int]:
    known = {row.name: row.id for row in roles.list_roles(tx)}
    if unknown := [name for name in names if name not in known]:
        raise Invalid(f"There is no role {unknown[0]!r}.", "roles")
    return [known[name] for name in names]


def _keep_an_admin(tx: Tx) -> None:
    if not roles.count_active_with(tx, roles.get_role(tx, ADMIN).id):
        raise Conflict(
            "Nobody could administer any more: one active local account must keep the role Admin."
        )


def _account(tx: Tx, row: Any) -> Account:
    groups = roles.list_of_groups(tx, row.groups or ())
    return Account(
        name=row.name,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        origin=row.origin,
        is_active=row.is_active,
        roles=[role.name for role in roles.list_of_account(tx, row.id)],
        group_roles=[GroupRole(role=one.name, group=one.group_dn) for one in groups],
        last_login=row.last_login,
        created_at=row.created_at,
        locked_until=None,
        must_change_password=row.must_change,
    )


def _noted(account: Account) -> dict[str, Any]:
    return account.model_dump(include={*_SHOWN, "roles"})
