"""The settings of the directory: read, changed, tried out, and handed to the Hub."""

import json
from collections.abc import Mapping
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid
from couture_scheduler.ldap.keys import (
    AUTH_LDAP,
    BY_NAME,
    OPTIONS,
    Option,
    Value,
    find_option,
    read_values,
)
from couture_scheduler.ldap.options import LdapOptions, options_of
from couture_scheduler.ldap.profile import DirectoryAway, Profile, Step
from couture_scheduler.schemas.ldap import (
    LdapConfiguration,
    LdapOption,
    LdapPatch,
    LdapStep,
    LdapTest,
    LdapTrial,
    Values,
)
from couture_scheduler.secrets import Vault, VaultError
from couture_scheduler.sensitive import NOT_SET, SET, SET_ANEW
from couture_scheduler.services.accounts import check_name
from couture_scheduler.services.service import service
from couture_scheduler.services.trial import trial
from couture_scheduler.services.workflow import Call, Workflow
from couture_scheduler.store import accounts, ldap_options, roles

MENU = "LdapConfigurationView"  #: only Admin holds it
_PASSWORD, _ROLE = "AUTH_LDAP_BIND_PASSWORD", "AUTH_USER_REGISTRATION_ROLE"
_USER, _SERVER = "AUTH_LDAP_BIND_USER", "AUTH_LDAP_SERVER"


def load_ldap_options(workflow: Workflow) -> LdapOptions | None:
    """Return how to reach the directory; None = nobody logs in by it.

    Raises:
        DirectoryAway: what is kept cannot be used.
    """
    with workflow.db.read() as tx:
        kept = ldap_options.list_options(tx)
    try:
        options = options_of(_decoded(kept, workflow.vault))
    except (Invalid, VaultError) as error:
        raise DirectoryAway(str(error)) from error
    return options if options.is_enabled else None


@service("can_list", MENU)
def get_ldap_configuration(tx: Tx, call: Call) -> LdapConfiguration:
    """Return all settings; secret ones without their values."""
    kept = ldap_options.list_options(tx)
    shown = [_shown(option, kept.get(option.name)) for option in OPTIONS]
    is_enabled = any(one.name == "AUTH_TYPE" and one.value == AUTH_LDAP for one in shown)
    return LdapConfiguration(is_enabled=is_enabled, options=shown)


@service("can_edit", MENU, mutates=True, secrets=("body",))
def patch_ldap_configuration(tx: Tx, call: Call, body: LdapPatch) -> LdapConfiguration:
    """Change settings; they hold at the next login."""
    kept = ldap_options.list_options(tx)
    values = _merged(tx, kept, body.values, call.workflow.vault)
    before, after = {}, {}
    for option in OPTIONS:
        encoded = _encoded(option, values.get(option.name), kept, call.workflow.vault)
        if encoded == kept.get(option.name):
            continue
        before[option.name] = _audited(option, kept.get(option.name))
        after[option.name] = _audited(option, encoded)
        if option.is_secret and encoded and option.name in kept:
            after[option.name] = SET_ANEW
        if encoded is None:
            ldap_options.delete_option(tx, option.name)
        else:
            ldap_options.set_option(tx, option.name, encoded)
    call.notes.update({"before": before, "after": after})
    return get_ldap_configuration.function(tx, call)


@trial("can_edit", MENU, secrets=("body",))
def try_ldap_configuration(_: None, call: Call, body: LdapTest) -> LdapTrial:
    """Try settings, saved or not, step by step; with a user name, say what she would get."""
    if call.workflow.directory is None:
        raise Conflict("There are no logins here: the directory is asked by the Hub only.")
    with call.workflow.db.read() as tx:
        kept = ldap_options.list_options(tx)
        values = _merged(tx, kept, body.values, call.workflow.vault)
    # as if it was switched on, so that nothing is missing
    options = options_of({**values, "AUTH_TYPE": AUTH_LDAP})
    name = (body.username or "").strip()
    call.notes["username"] = name or None
    trial = call.workflow.directory(options).test(name or None, body.password or None)
    with call.workflow.db.read() as tx:
        last, names = _roles_step(tx, options, trial.profile, name)
    steps = [*trial.steps, last]
    call.notes["ok"] = all(step.ok is not False for step in steps)
    return LdapTrial(
        ok=call.notes["ok"],
        steps=[LdapStep(**vars(step)) for step in steps],
        attributes=trial.attributes,
        groups=list(trial.profile.groups) if trial.profile else [],
        roles=names,
    )


def _roles_step(
    tx: Tx, options: LdapOptions, profile: Profile | None, typed: str
) -> tuple[Step, list[str]]:
    """Say which roles somebody would have after a login, and through what."""
    if profile is None:
        detail = "Not reached." if typed else "Give a user name to see her roles."
        return Step("roles", None, detail), []
    row = accounts.find_account(tx, profile.name)
    problem = _why_kept_out(options, profile, row)
    if problem is not None:
        return Step("roles", False, problem), []
    of_groups = roles.list_of_groups(tx, profile.groups)
    if row is not None:
        assigned = [role.name for role in roles.list_of_account(tx, row.id)]
    else:
        assigned = [options.registration_role]
    through = [f"{role.name} (through {role.group_dn})" for role in of_groups]
    names = list(dict.fromkeys([*assigned, *(role.name for role in of_groups)]))
    detail = ", ".join([*assigned, *through]) or "none; assign one, or give one to a group"
    more = "" if row else " The account is made at the first login."
    return Step("roles", True, f"Roles: {detail}.{more}"), names


def _why_kept_out(options: LdapOptions, profile: Profile, row: Any | None) -> str | None:
    try:
        check_name(profile.name)
    except Invalid as error:
        return f"{profile.name}: {error}"
    if row is None:
        if options.registration:
            return None
        return (
            f"There is no account {profile.name}, and AUTH_USER_REGISTRATION is off: the login "
            "would be refused."
        )
    if row.origin != "ldap":
        return (
            f"{profile.name} is a local account: it logs in with its own password, and the "
            "directory is not asked."
        )
    return None if row.is_active else f"The account {profile.name} is not active."


def _merged(tx: Tx, kept: Mapping[str, str], given: Values, vault: Vault) -> dict[str, Value]:
    """Return what is kept, changed by what is given, and checked.

    Raises:
        Invalid: it does not fit together.
    """
    changed = {find_option(name).name for name in given}
    new = read_values({name: value for name, value in given.items() if value is not None})
    stays = {name: value for name, value in kept.items() if name not in changed}
    if _PASSWORD in stays and _USER in changed and not new.get(_USER):
        del stays[_PASSWORD]
    values = _decoded(stays, vault) | new
    options = options_of(values)
    if _PASSWORD in stays and _SERVER in new:
        before = options_of(_decoded({name: kept[name] for name in kept if name == _SERVER}, vault))
        if (before.host, before.port) != (options.host, options.port):
            raise Invalid(
                f"{_PASSWORD}: the server is another one; enter the password again, so that it "
                "is not sent where it does not belong.",
                _PASSWORD,
            )
    role = values.get(_ROLE)
    if role and roles.find_role(tx, str(role)) is None:
        raise Invalid(f"{_ROLE}: there is no role {role!r}.", _ROLE)
    return values


def _decoded(kept: Mapping[str, str], vault: Vault) -> dict[str, Value]:
    """Return values as they are used.

    Raises:
        VaultError: a secret was encrypted with another key.
    """
    return {
        name: json.loads(vault.decrypt(value) if BY_NAME[name].is_secret else value)
        for name, value in kept.items()
        if name in BY_NAME
    }


def _encoded(
    option: Option, value: Value | None, kept: Mapping[str, str], vault: Vault
) -> str | None:
    """Return a value as it is kept; None = it is the default."""
    if value is None or value == option.default:
        return None
    if not option.is_secret:
        return json.dumps(value)
    old = kept.get(option.name)
    if old is not None and _is_same(old, value, vault):
        return old  # encrypting it again would look like a change
    return vault.encrypt(json.dumps(value))


def _is_same(encrypted: str, value: Value, vault: Vault) -> bool:
    try:
        return json.loads(vault.decrypt(encrypted)) == value
    except VaultError:
        return False


def _shown(option: Option, kept: str | None) -> LdapOption:
    value = option.default if kept is None or option.is_secret else json.loads(kept)
    return LdapOption(
        name=option.name,
        value=None if option.is_secret else value,
        is_set=kept is not None,
        is_secret=option.is_secret,
        kind=option.kind,
        choices=list(option.choices),
        default=option.default,
        help=option.help,
    )


def _audited(option: Option, kept: str | None) -> Value:
    if option.is_secret:
        return NOT_SET if kept is None else SET
    return option.default if kept is None else json.loads(kept)
