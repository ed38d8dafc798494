"""Who is let in, who has to wait, and what the audit log says of it."""

import importlib.util
from types import SimpleNamespace

import argon2
import pytest
from sqlalchemy import select

from couture_scheduler.db.tables import audit
from couture_scheduler.ldap.profile import Profile
from couture_scheduler.schemas.accounts import AccountPatch
from couture_scheduler.services import passwords
from couture_scheduler.services.accounts import patch_account
from couture_scheduler.services.actors import actor_for
from couture_scheduler.services.login import (
    ADMIN_PASSWORD,
    LoginRefused,
    change_password,
    check_password,
    find_account,
    note_directory_login,
    prepare_accounts,
    refresh_directory,
    refuse_login,
)
from couture_scheduler.services.passwords import FIRST_PASSWORD
from couture_scheduler.services.workflow import Call

HERE, ELSEWHERE = "127.0.0.1", "10.0.0.9"
GROUP = "cn=bi,ou=groups,dc=acme"
ALICE = Profile("alice", "uid=alice,dc=acme", "Alice", "Liddell", "a@acme.io", (GROUP,))


@pytest.fixture
def people(workflow):
    prepare_accounts(workflow)
    return workflow


def options(registration=True, role="Viewer"):
    return SimpleNamespace(registration=registration, registration_role=role)


def audited(workflow):
    with workflow.db.read() as tx:
        rows = tx.rows(select(audit).order_by(audit.c.id))
    return [(row.user, row.source_ip, row.event, row.allowed) for row in rows]


def test_the_first_password_is_good_on_the_machine_itself_only(people):
    with pytest.raises(LoginRefused, match="on the machine itself only"):
        check_password(people, "superadmin", FIRST_PASSWORD, ELSEWHERE)
    with pytest.raises(LoginRefused):
        check_password(people, "superadmin", FIRST_PASSWORD, None)
    state = check_password(people, "SuperAdmin", FIRST_PASSWORD, HERE)
    assert (state.must_change, state.is_admin, state.password_changed_at) == (True, True, None)


def test_a_changed_password_is_good_from_everywhere(people):
    change_password(people, "superadmin", FIRST_PASSWORD, "correct horse", HERE)
    state = check_password(people, "superadmin", "correct horse", ELSEWHERE)
    assert (state.must_change, state.password_changed_at is None) == (False, False)
    with pytest.raises(LoginRefused):
        check_password(people, "superadmin", FIRST_PASSWORD, HERE)


def test_a_given_password_replaces_the_first_one(workflow, monkeypatch):
    monkeypatch.setenv(ADMIN_PASSWORD, "correct horse")
    prepare_accounts(workflow)
    assert check_password(workflow, "superadmin", "correct horse", ELSEWHERE).must_change is False
    monkeypatch.setenv(ADMIN_PASSWORD, "battery staple")
    prepare_accounts(workflow)  # a later start changes nothing
    assert check_password(workflow, "superadmin", "correct horse", ELSEWHERE)


def test_who_fails_again_and_again_waits_longer_each_time(people, world):
    for _ in range(5):
        with pytest.raises(LoginRefused, match="is wrong"):
            check_password(people, "superadmin", "wrong", HERE)
        world.clock.advance(2)
    with pytest.raises(LoginRefused, match="is wrong"):
        check_password(people, "superadmin", "wrong", HERE)
    with pytest.raises(LoginRefused, match="Too many failed logins. Try again in"):
        check_password(people, "superadmin", FIRST_PASSWORD, HERE)
    world.clock.advance(60)
    assert check_password(people, "superadmin", FIRST_PASSWORD, HERE)
    with pytest.raises(LoginRefused, match="is wrong"):  # forgotten after a success
        check_password(people, "superadmin", "wrong", HERE)


def test_failures_from_one_address_do_not_keep_a_person_out_elsewhere(people):
    change_password(people, "superadmin", FIRST_PASSWORD, "correct horse", HERE)
    for _ in range(8):
        with pytest.raises(LoginRefused):
            check_password(people, "superadmin", "wrong", ELSEWHERE)
    assert check_password(people, "superadmin", "correct horse", "10.0.0.10")


def test_outside_of_tests_passwords_are_hashed_at_the_recommended_cost():
    spec = importlib.util.find_spec(passwords.__name__)
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    cost = argon2.extract_parameters(fresh.hash_password("correct horse"))
    assert cost == argon2.profiles.RFC_9106_LOW_MEMORY


def test_failures_from_everywhere_do_not_keep_a_person_out_at_an_address_that_is_known(people):
    change_password(people, "superadmin", FIRST_PASSWORD, "correct horse", HERE)
    assert check_password(people, "superadmin", "correct horse", HERE)
    for number in range(110):
        with pytest.raises(LoginRefused):
            check_password(people, "superadmin", "wrong", f"10.0.0.{number}")
    with pytest.raises(LoginRefused, match="Too many failed logins"):
        check_password(people, "superadmin", "correct horse", "10.0.1.1")
    assert check_password(people, "superadmin", "correct horse", HERE)


def test_an_address_is_known_to_the_person_who_was_there_only(people, world):
    change_password(people, "superadmin", FIRST_PASSWORD, "correct horse", HERE)
    assert check_password(people, "superadmin", "correct horse", HERE)
    for number in range(110):
        refuse_login(people, "alice", f"10.0.0.{number}", "wrong password")
    with pytest.raises(LoginRefused, match="Too many failed logins"):
        check_password(people, "alice", "wrong", HERE)


def test_all_addresses_of_one_ipv6_network_are_one(people):
    for number in range(6):
        with pytest.raises(LoginRefused, match="is wrong|Too many"):
            check_password(people, "superadmin", "wrong", f"2001:db8:0:1::{number}")
    with pytest.raises(LoginRefused, match="Too many failed logins"):
        check_password(people, "superadmin", "wrong", "2001:db8:0:1:ffff::1")
    with pytest.raises(LoginRefused, match="is wrong"):
        check_password(people, "superadmin", "wrong", "2001:db8:0:2::1")


def test_names_that_no_local_account_has_are_the_directorys(people):
    assert check_password(people, "alice", "anything", ELSEWHERE) is None


def test_every_login_is_audited(people):
    check_password(people, "superadmin", FIRST_PASSWORD, HERE)
    with pytest.raises(LoginRefused):
        check_password(people, "superadmin", "wrong", ELSEWHERE)
    assert audited(people) == [
        ("superadmin", HERE, "login", True),
        ("superadmin", ELSEWHERE, "login", False),
    ]


def test_the_first_login_from_the_directory_registers_the_person(people):
    state = note_directory_login(people, ALICE, options(), ELSEWHERE)
    assert (state.display_name, state.origin, state.roles) == ("Alice Liddell", "ldap", ("Viewer",))
    assert actor_for(people, "alice", None).allows("can_list", "DagModelView")


def test_without_registration_only_known_people_come_in(people):
    with pytest.raises(LoginRefused, match="no account here"):
        note_directory_login(people, ALICE, options(registration=False), ELSEWHERE)
    assert find_account(people, "alice") is None
    note_directory_login(people, ALICE, options(), ELSEWHERE)
    assert note_directory_login(people, ALICE, options(registration=False), ELSEWHERE)


def test_the_directory_cannot_take_over_a_local_account(people):
    sly = Profile("superadmin", "uid=superadmin,dc=evil", "", "", "", ())
    with pytest.raises(LoginRefused):
        note_directory_login(people, sly, options(), ELSEWHERE)


def test_an_inactive_account_is_refused_whatever_its_origin(people):
    note_directory_login(people, ALICE, options(), ELSEWHERE)
    admin = Call(people, actor_for(people, "superadmin", None))
    patch_account(admin, account="alice", body=AccountPatch(is_active=False))
    with pytest.raises(LoginRefused, match="not active"):
        note_directory_login(people, ALICE, options(), ELSEWHERE)


def test_a_person_who_is_gone_from_the_directory_loses_its_groups(people):
    note_directory_login(people, ALICE, options(), ELSEWHERE)
    assert refresh_directory(people, ALICE, "alice").name == "alice"
    assert refresh_directory(people, None, "alice") is None
    with people.db.read() as tx:
        assert tx.scalar(select(audit.c.id).limit(1))


def test_a_password_typed_as_the_name_is_not_in_the_audit_log(people):
    refuse_login(people, "my s3cret password", ELSEWHERE, "no such account")
    refuse_login(people, "my s3cret password", ELSEWHERE, "no such account")
    (first, *_), (second, *_) = audited(people)
    assert first == second
    assert first.startswith("unknown name #")
    assert "s3cret" not in first
