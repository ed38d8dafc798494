"""The settings of the directory as services: kept, hidden, audited, tried out."""

import json
from dataclasses import replace
from threading import BoundedSemaphore

import pytest
from sqlalchemy import select, update

from couture_scheduler.db.people import account, ldap_option
from couture_scheduler.db.tables import audit
from couture_scheduler.default_roles import ROLES
from couture_scheduler.errors import Conflict, Forbidden, Invalid
from couture_scheduler.ldap.profile import DirectoryAway, Profile, Step, Trial
from couture_scheduler.schemas.accounts import NewAccount, NewRole
from couture_scheduler.schemas.ldap import LdapPatch, LdapTest
from couture_scheduler.secrets import Vault
from couture_scheduler.services import trial as trials
from couture_scheduler.services.accounts import create_account
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.ldap import (
    get_ldap_configuration,
    load_ldap_options,
    patch_ldap_configuration,
    try_ldap_configuration,
)
from couture_scheduler.services.login import (
    check_password,
    note_directory_login,
    prepare_accounts,
)
from couture_scheduler.services.role_admin import create_role
from couture_scheduler.services.workflow import Call

SECRET = "no-one-may-read-this"
GROUP = "cn=data,ou=Groups,dc=example,dc=com"
ALICE = Profile("alice", "uid=alice,dc=x", "Alice", "Ardent", "a@x.io", (GROUP,))
VALUES = {
    "AUTH_TYPE": "AUTH_LDAP",
    "AUTH_LDAP_SERVER": "ldap://ldap.example.com",
    "AUTH_LDAP_SEARCH": "ou=People,dc=example,dc=com",
    "AUTH_LDAP_BIND_USER": "cn=search,dc=example,dc=com",
    "AUTH_LDAP_BIND_PASSWORD": SECRET,
}


class FakeDirectory:
    """Finds alice, and remembers with which settings."""

    asked: list = []

    def __init__(self, options):
        self.options = options

    def test(self, name, password):
        FakeDirectory.asked.append((self.options, name, password))
        step = Step("connect", True, "It is there.", 0.1)
        return Trial((step,), ALICE if name == "alice" else None, {"uid": ["alice"]})


@pytest.fixture
def team(workflow):
    prepare_accounts(workflow)
    FakeDirectory.asked = []
    return replace(workflow, directory=FakeDirectory)


@pytest.fixture
def admin(team):
    return lambda: Call(team, Actor("root", "10.0.0.1", ROLES["Admin"], ("Admin",)))


def patch(admin, **values):
    return patch_ldap_configuration(admin(), body=LdapPatch(values=values))


def shown(admin) -> dict:
    found = get_ldap_configuration(admin())
    return {one.name: one for one in found.options}


def rows(team, table):
    with team.db.read() as tx:
        return tx.rows(select(table))


def last_audit(team):
    with team.db.read() as tx:
        return tx.rows(select(audit).order_by(audit.c.id.desc()).limit(1))[0]


def test_nothing_is_set_at_first(admin, team):
    assert not get_ldap_configuration(admin()).is_enabled
    assert len(shown(admin)) == 22
    assert not any(one.is_set for one in shown(admin).values())
    assert load_ldap_options(team) is None


def test_what_is_saved_is_used_at_the_next_login(admin, team):
    assert patch(admin, **VALUES).is_enabled
    options = load_ldap_options(team)
    assert (options.host, options.bind_password) == ("ldap.example.com", SECRET)
    patch(admin, AUTH_LDAP_SEARCH="ou=Staff,dc=example,dc=com")
    assert load_ldap_options(team).search_base == "ou=Staff,dc=example,dc=com"
    patch(admin, AUTH_TYPE="AUTH_DB")
    assert load_ldap_options(team) is None


def test_null_puts_a_setting_back_to_its_default(admin):
    patch(admin, **VALUES, AUTH_LDAP_UID_FIELD="sAMAccountName", AUTH_LDAP_USE_TLS=True)
    patch(admin, AUTH_LDAP_UID_FIELD=None, AUTH_LDAP_USE_TLS=None)
    assert (shown(admin)["AUTH_LDAP_UID_FIELD"].value, shown(admin)["AUTH_LDAP_USE_TLS"].value) == (
        "uid",
        False,
    )
    assert not shown(admin)["AUTH_LDAP_UID_FIELD"].is_set


def test_the_password_is_encrypted_where_it_is_kept_and_in_no_answer(admin, team):
    answer = patch(admin, **VALUES)
    assert SECRET not in answer.model_dump_json()
    kept = {row.name: row.value for row in rows(team, ldap_option)}
    assert SECRET not in json.dumps(kept)
    assert json.loads(team.vault.decrypt(kept["AUTH_LDAP_BIND_PASSWORD"])) == SECRET
    one = shown(admin)["AUTH_LDAP_BIND_PASSWORD"]
    assert (one.value, one.is_set, one.is_secret) == (None, True, True)


def test_the_audit_log_has_before_and_after_and_no_password(admin, team):
    patch(admin, **VALUES)
    patch(admin, AUTH_LDAP_UID_FIELD="cn", AUTH_LDAP_BIND_PASSWORD=SECRET + "2")
    row = last_audit(team)
    assert (row.user, row.event, row.allowed) == ("root", "patch_ldap_configuration", True)
    assert row.extra["before"] == {
        "AUTH_LDAP_UID_FIELD": "uid",
        "AUTH_LDAP_BIND_PASSWORD": "(set)",
    }
    assert row.extra["after"] == {
        "AUTH_LDAP_UID_FIELD": "cn",
        "AUTH_LDAP_BIND_PASSWORD": "(set, another one)",
    }
    assert SECRET not in str([one.extra for one in rows(team, audit)])


def test_saving_the_same_again_changes_nothing(admin, team):
    patch(admin, **VALUES)
    before = rows(team, ldap_option)
    patch(admin, **VALUES)
    assert rows(team, ldap_option) == before
    assert last_audit(team).extra["after"] == {}


def test_a_refused_change_leaves_everything_and_a_row_without_the_password(admin, team):
    patch(admin, **VALUES)
    before = rows(team, ldap_option)
    with pytest.raises(Invalid) as refused:
        patch(admin, AUTH_LDAP_BIND_PASSWORD="other-" + SECRET, AUTH_LDAP_SEARCH="People")
    assert refused.value.field == "AUTH_LDAP_SEARCH"
    assert rows(team, ldap_option) == before
    assert "AUTH_LDAP_SEARCH" in last_audit(team).extra["error"]
    assert SECRET not in str([one.extra for one in rows(team, audit)])


def test_a_kept_password_is_not_sent_to_another_server(admin):
    patch(admin, **VALUES)
    elsewhere = {"AUTH_LDAP_SERVER": "ldap://evil.example.com"}
    for change in (
        lambda: patch(admin, **elsewhere),
        lambda: try_ldap_configuration(admin(), body=LdapTest(values=elsewhere)),
    ):
        with pytest.raises(Invalid, match="enter the password again") as refused:
            change()
        assert refused.value.field == "AUTH_LDAP_BIND_PASSWORD"
    assert FakeDirectory.asked == []
    patch(admin, **elsewhere, AUTH_LDAP_BIND_PASSWORD="known")
    patch(admin, AUTH_LDAP_SERVER="ldap://evil.example.com:389")


def test_without_search_account_its_password_goes_too(admin):
    patch(admin, **VALUES)
    patch(admin, AUTH_LDAP_BIND_USER=None, AUTH_LDAP_USERNAME_FORMAT="uid=%s,dc=x")
    assert not shown(admin)["AUTH_LDAP_BIND_PASSWORD"].is_set


def test_the_role_of_new_people_must_exist(admin):
    more = {"AUTH_USER_REGISTRATION": True, "AUTH_USER_REGISTRATION_ROLE": "Reader"}
    with pytest.raises(Invalid, match="no role 'Reader'") as refused:
        patch(admin, **VALUES, **more)
    assert refused.value.field == "AUTH_USER_REGISTRATION_ROLE"
    create_role(admin(), body=NewRole(name="Reader", description="", grants=[], ldap_groups=[]))
    assert patch(admin, **VALUES, **more).is_enabled


def test_both_spellings_of_the_last_name_are_one_setting(admin):
    patch(admin, AUTH_LDAP_LASTNAME_FIELD="surname")
    assert shown(admin)["AUTH_LDAP_LASTTNAME_FIELD"].value == "surname"
    patch(admin, AUTH_LDAP_LASTNAME_FIELD=None)
    assert shown(admin)["AUTH_LDAP_LASTTNAME_FIELD"].value == "sn"


@pytest.mark.parametrize("role", [name for name in ROLES if name != "Admin"])
def test_only_admin_may_read_change_or_try(team, role):
    call = Call(team, Actor("eve", "10.0.0.1", ROLES[role], (role,)))
    for ask in (
        lambda: get_ldap_configuration(call),
        lambda: patch_ldap_configuration(call, body=LdapPatch(values={"AUTH_TYPE": "AUTH_DB"})),
        lambda: try_ldap_configuration(call, body=LdapTest()),
    ):
        with pytest.raises(Forbidden):
            ask()
    refused = [row for row in rows(team, audit) if not row.allowed]
    assert [row.event for row in refused] == ["patch_ldap_configuration", "try_ldap_configuration"]


def test_a_lost_key_closes_the_directory_and_can_be_mended(admin, team):
    patch(admin, **VALUES)
    with team.db.write() as tx:
        foreign = Vault(b"A" * 43 + b"=").encrypt('"x"')
        name = ldap_option.c.name == "AUTH_LDAP_BIND_PASSWORD"
        tx.execute(update(ldap_option).where(name).values(value=foreign))
    with pytest.raises(DirectoryAway) as away:
        load_ldap_options(team)
    assert "another key" in away.value.why
    assert shown(admin)["AUTH_LDAP_BIND_PASSWORD"].is_set
    patch(admin, AUTH_LDAP_BIND_PASSWORD="entered again")
    assert load_ldap_options(team).bind_password == "entered again"


def trial(admin, **more):
    return try_ldap_configuration(admin(), body=LdapTest(**more))


def test_a_trial_uses_what_is_saved_and_what_is_not_yet(admin):
    patch(admin, **VALUES)
    trial(admin, values={"AUTH_LDAP_UID_FIELD": "cn"}, username=" alice ", password="pw")
    options, name, password = FakeDirectory.asked[0]
    assert (options.uid_field, options.bind_password) == ("cn", SECRET)
    assert (name, password) == ("alice", "pw")
    assert shown(admin)["AUTH_LDAP_UID_FIELD"].value == "uid"


def test_a_trial_is_in_the_audit_log_with_the_name_alone(admin, team):
    patch(admin, **VALUES)
    trial(admin, values={"AUTH_LDAP_BIND_PASSWORD": SECRET}, username="alice", password="pw-1234")
    row = last_audit(team)
    assert row.event == "try_ldap_configuration"
    assert (row.extra["username"], row.extra["ok"]) == ("alice", False)
    assert SECRET not in str(row.extra)
    assert "pw-1234" not in str(row.extra)


def roles_step(answer):
    return next(step for step in answer.steps if step.name == "roles")


def test_a_trial_says_who_would_be_kept_out_for_want_of_an_account(admin):
    patch(admin, **VALUES)
    answer = trial(admin, username="alice")
    assert not answer.ok
    assert answer.roles == []
    assert "AUTH_USER_REGISTRATION is off" in roles_step(answer).detail


def test_a_trial_shows_the_roles_by_registration_and_by_groups(admin):
    body = NewRole(name="Data", description="", grants=[], ldap_groups=[GROUP.upper()])
    create_role(admin(), body=body)
    registering = {"AUTH_USER_REGISTRATION": True, "AUTH_USER_REGISTRATION_ROLE": "Viewer"}
    patch(admin, **VALUES, **registering)
    answer = trial(admin, username="alice")
    assert (answer.ok, answer.roles, answer.groups) == (True, ["Viewer", "Data"], [GROUP])
    assert "made at the first login" in roles_step(answer).detail


def test_a_trial_shows_the_roles_of_an_account_that_is_there(admin, team):
    registering = {"AUTH_USER_REGISTRATION": True, "AUTH_USER_REGISTRATION_ROLE": "User"}
    patch(admin, **VALUES, **registering)
    note_directory_login(team, ALICE, load_ldap_options(team), "10.0.0.9")
    patch(admin, AUTH_USER_REGISTRATION=None)
    assert trial(admin, username="alice").roles == ["User"]
    with team.db.write() as tx:
        tx.execute(update(account).where(account.c.name == "alice").values(is_active=False))
    assert "not active" in roles_step(trial(admin, username="alice")).detail


def test_a_trial_says_that_a_local_account_comes_first(admin):
    patch(admin, **VALUES)
    body = NewAccount(name="alice", password="correct horse battery", roles=["Viewer"])
    create_account(admin(), body=body)
    assert "is a local account" in roles_step(trial(admin, username="alice")).detail


def test_without_registration_an_administrator_adds_people_of_the_directory(admin, team):
    patch(admin, **VALUES)
    with pytest.raises(Invalid, match="kept in the directory"):
        create_account(admin(), body=NewAccount(name="alice", origin="ldap", password=SECRET))
    create_account(admin(), body=NewAccount(name="Alice", origin="ldap", roles=["Op"]))
    assert trial(admin, username="alice").roles == ["Op"]
    assert check_password(team, "alice", "", "127.0.0.1") is None
    state = note_directory_login(team, ALICE, load_ldap_options(team), "10.0.0.9")
    assert (state.display_name, state.roles, state.must_change) == ("Alice Ardent", ("Op",), False)


def test_a_trial_needs_a_server_and_a_hub(admin, team):
    with pytest.raises(Invalid) as refused:
        trial(admin)
    assert refused.value.field == "AUTH_LDAP_SERVER"
    alone = Call(replace(team, directory=None), admin().actor)
    with pytest.raises(Conflict):
        try_ldap_configuration(alone, body=LdapTest(values=VALUES))


def test_settings_can_be_tried_before_they_are_switched_on_if_nothing_is_missing(admin):
    off = {name: value for name, value in VALUES.items() if name != "AUTH_TYPE"}
    assert trial(admin, values=off).steps
    assert not get_ldap_configuration(admin()).is_enabled
    with pytest.raises(Invalid) as refused:
        trial(admin, values={"AUTH_LDAP_SERVER": "ldap://h"})
    assert refused.value.field == "AUTH_LDAP_BIND_USER"


def test_trials_leave_most_threads_to_others(admin, monkeypatch):
    monkeypatch.setattr(trials, "_at_once", BoundedSemaphore(1))
    patch(admin, **VALUES)
    trials._at_once.acquire()
    with pytest.raises(Conflict, match="Other trials"):
        trial(admin)
    trials._at_once.release()
    assert trial(admin).steps


def test_a_trial_holds_no_transaction_while_it_waits(admin, team):
    patch(admin, **VALUES)
    written = []

    class Waiting(FakeDirectory):
        def test(self, name, password):
            patch(lambda: Call(team, admin().actor), AUTH_LDAP_UID_FIELD="cn")
            written.append(True)
            return super().test(name, password)

    call = Call(replace(team, directory=Waiting), admin().actor)
    assert try_ldap_configuration(call, body=LdapTest()).ok
    assert written
