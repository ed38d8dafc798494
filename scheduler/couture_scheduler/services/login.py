"""Logins: what the Hub's authenticator asks. Every try, let in or refused, is in the audit log."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from couture_scheduler.db.database import Tx
from couture_scheduler.default_roles import ADMIN, DESCRIPTIONS, ROLES
from couture_scheduler.errors import CoutureError, Invalid
from couture_scheduler.grants import rights_of, roles_of
from couture_scheduler.processes import make_once
from couture_scheduler.services import throttle
from couture_scheduler.services.accounts import check_name
from couture_scheduler.services.passwords import (
    FIRST_PASSWORD,
    check_new,
    hash_password,
    is_right,
)
from couture_scheduler.services.workflow import Workflow
from couture_scheduler.settings import read_variable
from couture_scheduler.store import accounts, audit, roles

if TYPE_CHECKING:
    from couture_scheduler.ldap.options import LdapOptions
    from couture_scheduler.ldap.profile import Profile

SUPERADMIN = "superadmin"
ADMIN_PASSWORD = "COUTURE_ADMIN_PASSWORD"  #: environment, or _FILE: superadmin's first password
_WRONG = "The user name or the password is wrong."


class LoginRefused(CoutureError):
    """Nobody is let in; the message is the sentence for the login page."""


@dataclass(frozen=True)
class AccountState:
    """An account, as the Hub has to know it.

    Attributes:
        must_change: the password must be changed before anything else.
        password_changed_at: sessions that began before are over; None = the first password.
        uid: under which the person's processes run where they have uids of their own.
    """

    id: int
    name: str
    display_name: str
    origin: str
    is_active: bool
    must_change: bool
    password_changed_at: datetime | None
    uid: int
    roles: tuple[str, ...]
    is_admin: bool


def prepare_accounts(workflow: Workflow) -> None:
    """Make the six default roles and superadmin where they are missing."""
    make_once(lambda: _make_accounts(workflow))


def _make_accounts(workflow: Workflow) -> None:
    with workflow.db.write() as tx:
        known = {row.name for row in roles.list_roles(tx)}
        for name in ROLES:
            if name not in known:
                roles.add_role(tx, name, DESCRIPTIONS[name], is_default=True)
        _prepare_superadmin(tx, read_variable(ADMIN_PASSWORD))


def _prepare_superadmin(tx: Tx, given: str | None) -> None:
    row = accounts.find_account(tx, SUPERADMIN)
    if row is not None and (row.password_changed_at is not None or not given):
        return
    if given:
        check_new(SUPERADMIN, given, ADMIN_PASSWORD)
    values = {
        "password": hash_password(given or FIRST_PASSWORD),
        "must_change": not given,
        "password_changed_at": tx.now if given else None,
    }
    if row is not None:
        accounts.set_account(tx, row.id, values)
        return
    names = {"first_name": "Super", "last_name": "Admin", "origin": "local"}
    account_id = accounts.add_account(tx, SUPERADMIN, {**names, **values})
    roles.set_of_account(tx, account_id, [roles.get_role(tx, ADMIN).id])


def check_password(
    workflow: Workflow, name: str, password: str, source_ip: str | None
) -> AccountState | None:
    """Let a local account in.

    Returns:
        None where there is no local account of this name: the directory may know it.

    Raises:
        LoginRefused: the password is wrong, the account inactive, or the next try comes too soon.
    """
    with workflow.db.read() as tx:
        wait = throttle.seconds_to_wait(tx, name, source_ip)
        row = accounts.find_account(tx, name.strip())
    if wait:
        refuse_login(workflow, name, source_ip, "too many tries", counts=False)
        raise LoginRefused(f"Too many failed logins. Try again in {_words(wait)}.")
    if row is None or row.origin != "local":
        is_right(None, password)  # a name that is known takes no longer than one that is not
        return None
    reason = _why_not(row, password, source_ip)
    if reason is not None:
        refuse_login(workflow, name, source_ip, reason)
        raise LoginRefused(_REASONS.get(reason, _WRONG))
    return _let_in(workflow, row, source_ip)


_INACTIVE = "the account is not active"
_ELSEWHERE = "the first password from elsewhere"
_REASONS = {
    _ELSEWHERE: "The first password is accepted on the machine itself only. Log in there and "
    f"change it, or start with {ADMIN_PASSWORD} set.",
    _INACTIVE: "This account is not active. An administrator can activate it.",
}


def _why_not(row: Any, password: str, source_ip: str | None) -> str | None:
    if not is_right(row.password, password):
        return "wrong password"
    if not row.is_active:
        return _INACTIVE
    if row.password_changed_at is None and not _is_loopback(source_ip):
        return _ELSEWHERE
    return None


def note_directory_login(
    workflow: Workflow, profile: "Profile", options: "LdapOptions", source_ip: str | None
) -> AccountState:
    """Let somebody in whom the directory knows; the first time, register the account.

    Raises:
        LoginRefused: new people are not registered, or the account is not active.
    """
    try:
        name = check_name(profile.name)
    except Invalid as error:
        refuse_login(workflow, profile.name, source_ip, str(error), proven=True)
        raise LoginRefused(str(error)) from error
    with workflow.db.read() as tx:
        row = accounts.find_account(tx, name)
    reason = None
    if row is None and not options.registration:
        reason = "no account, and registration is off"
    elif row is not None and row.origin != "ldap":
        reason = "a local account has this name"
    elif row is not None and not row.is_active:
        reason = _INACTIVE
    if reason:
        refuse_login(workflow, name, source_ip, reason, counts=False, proven=True)
        raise LoginRefused(_REASONS.get(reason, "You have no account here. Ask an administrator."))
    with workflow.db.write() as tx:
        row = _save_profile(tx, name, profile, options)
    return _let_in(workflow, row, source_ip)


def _save_profile(tx: Tx, name: str, profile: "Profile", options: "LdapOptions") -> Any:
    values = {
        "first_name": profile.first_name[:250],
        "last_name": profile.last_name[:250],
        "email": profile.email[:250],
        "groups": list(profile.groups),
    }
    row = accounts.find_account(tx, name)
    if row is not None:
        accounts.set_account(tx, row.id, values)
    else:
        account_id = accounts.add_account(tx, name, {**values, "origin": "ldap"})
        role = options.registration_role and roles.find_role(tx, options.registration_role)
        roles.set_of_account(tx, account_id, [role.id] if role else [])
        extra = {"origin": "ldap", "roles": [role.name] if role else []}
        audit.add(
            tx, user=name, source_ip=None, event="register_account", allowed=True, extra=extra
        )
    return accounts.get_account(tx, name)


def refuse_login(
    workflow: Workflow,
    name: str,
    source_ip: str | None,
    reason: str,
    *,
    counts: bool = True,
    proven: bool = False,
) -> None:
    """Record a refused login, and make who fails again and again wait.

    A name that no account has is kept as a keyed hash unless the directory has `proven` it: people
    type passwords into that field.
    """
    with workflow.db.write() as tx:
        if counts:
            throttle.note_failure(tx, name, source_ip)
        known = accounts.find_account(tx, name.strip())
        unknown = name if proven else f"unknown name #{workflow.vault.mark(name)}"
        user = known.name if known else unknown
        _audit(tx, user, source_ip, "login", False, reason=reason)


def change_password(
    workflow: Workflow, name: str, old: str, new: str, source_ip: str | None
) -> AccountState:
    """Set a new password for somebody who knows the old one, and let that person in.

    Raises:
        LoginRefused: the old password is wrong, or the new one is not good enough.
    """
    state = check_password(workflow, name, old, source_ip)
    if state is None:
        raise LoginRefused(_WRONG)
    if new == old:
        raise LoginRefused("The new password is the old one. Choose another one.")
    try:
        check_new(state.name, new)
    except Invalid as error:
        raise LoginRefused(str(error)) from error
    with workflow.db.write() as tx:
        changed = {
            "password": hash_password(new),
            "must_change": False,
            "password_changed_at": tx.now,
        }
        accounts.set_account(tx, state.id, changed)
        _audit(tx, state.name, source_ip, "change_my_password", True)
        return _state(tx, accounts.get_account(tx, state.name), workflow)


def find_account(workflow: Workflow, name: str) -> AccountState | None:
    """Return what is known of an account, or None."""
    with workflow.db.read() as tx:
        row = accounts.find_account(tx, name)
        return None if row is None else _state(tx, row, workflow)


def refresh_directory(
    workflow: Workflow, profile: "Profile | None", name: str
) -> AccountState | None:
    """Take over what the directory says now; somebody who is gone there has no access any more."""
    with workflow.db.write() as tx:
        row = accounts.find_account(tx, name)
        if row is None or row.origin != "ldap":
            return None
        if profile is None:
            accounts.set_account(tx, row.id, {"groups": []})
            return None
        if list(profile.groups) != row.groups:
            accounts.set_account(tx, row.id, {"groups": list(profile.groups)})
        return _state(tx, accounts.get_account(tx, name), workflow)


def _let_in(workflow: Workflow, row: Any, source_ip: str | None) -> AccountState:
    with workflow.db.write() as tx:
        throttle.note_success(tx, row.name, source_ip)
        accounts.set_account(tx, row.id, {"last_login": tx.now})
        _audit(tx, row.name, source_ip, "login", True, origin=row.origin)
        return _state(tx, row, workflow)


def _state(tx: Tx, row: Any, workflow: Workflow) -> AccountState:
    held = roles_of(tx, row)
    return AccountState(
        id=row.id,
        name=row.name,
        display_name=f"{row.first_name} {row.last_name}".strip() or row.name,
        origin=row.origin,
        is_active=row.is_active,
        must_change=row.must_change,
        password_changed_at=row.password_changed_at,
        uid=workflow.settings.first_uid + row.id,
        roles=tuple(role.name for role in held),
        is_admin=any(one.allows("can_edit", "RoleModelView") for one in rights_of(tx, held)),
    )


def _audit(
    tx: Tx, user: str, source_ip: str | None, event: str, allowed: bool, **extra: Any
) -> None:
    audit.add(
        tx, user=user[:250], source_ip=source_ip, event=event, allowed=allowed, extra=extra or None
    )


def _is_loopback(source_ip: str | None) -> bool:
    try:
        return source_ip is not None and ipaddress.ip_address(source_ip).is_loopback
    except ValueError:
        return False


def _words(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{(seconds + 59) // 60} min"
