"""The Test button: each step with what was found or what to mend."""

import pytest
from slapd import BASE, GROUPS, PASSWORD, PEOPLE, SEARCH_USER

from couture_hub.directory.trial import STEPS


def steps_of(directory, name=None, password=None, **more):
    trial = directory(**more).test(name, password)
    assert tuple(step.name for step in trial.steps) == STEPS
    return trial, {step.name: step for step in trial.steps}


def failure(directory, name=None, password=None, **more) -> tuple[str, str]:
    """Return the step that failed and what it says; those after it were not reached."""
    trial, _ = steps_of(directory, name, password, **more)
    verdicts = [step.ok for step in trial.steps]
    at = verdicts.index(False)
    assert all(verdicts[:at])
    assert set(verdicts[at + 1 :]) <= {None}
    return trial.steps[at].name, trial.steps[at].detail


def test_everything_about_somebody_is_shown(directory):
    trial, steps = steps_of(directory, "alice", PASSWORD)
    assert all(step.ok for step in trial.steps)
    assert trial.profile == directory().lookup("alice")
    assert trial.attributes["mail"] == ["alice@example.com"]
    assert trial.attributes["memberOf"] == [
        f"cn=data,{GROUPS}",
        f"cn=outside,ou=Elsewhere,{BASE}",
    ]
    assert steps["bind"].detail == f"Bound as the search account {SEARCH_USER}."
    assert steps["search"].detail == f"Found uid=alice,{PEOPLE}."
    assert steps["groups"].detail == "5 groups, 3 of them through other groups."
    assert sum(step.seconds for step in trial.steps) < 5


def test_without_a_name_it_goes_as_far_as_there_are_people(directory):
    _, steps = steps_of(directory)
    assert [name for name in STEPS if steps[name].ok] == ["connect", "tls", "bind", "search"]
    assert "Give a user name" in steps["search"].detail


def test_without_a_password_no_login_is_tried(directory):
    _, steps = steps_of(directory, "alice")
    assert steps["groups"].ok
    assert steps["login"].ok is None


@pytest.mark.parametrize("password", ["wrong", "\0", "\u00ad", "\ud800"])
def test_a_wrong_password_is_told_with_all_the_rest(directory, password):
    trial, steps = steps_of(directory, "alice", password)
    assert steps["login"].ok is False
    assert trial.profile.groups


def test_no_password_is_in_what_is_shown(slapd, directory):
    person = slapd.add_person("keyholder", description="apple", employeeNumber="7")
    try:
        trial, _ = steps_of(directory, "keyholder", PASSWORD)
    finally:
        slapd.delete(person)
    assert trial.attributes["description"] == ["apple"]
    assert "userPassword" not in trial.attributes
    assert PASSWORD not in repr(trial)


def test_attributes_that_are_no_text_or_very_long_are_cut(slapd, directory):
    dn = slapd.add_person("big", jpegPhoto=b"\xff\xd8\xff\xe0", description="x" * 5000)
    try:
        trial, _ = steps_of(directory, "big")
    finally:
        slapd.delete(dn)
    assert "jpegPhoto" not in trial.attributes
    assert trial.attributes["description"] == ["x" * 200]


@pytest.mark.parametrize(
    ("more", "step", "expected"),
    [
        ({"AUTH_LDAP_BIND_PASSWORD": "no"}, "bind", "AUTH_LDAP_BIND_PASSWORD"),
        ({"AUTH_LDAP_BIND_USER": f"cn=serch,{BASE}"}, "bind", "AUTH_LDAP_BIND_USER"),
        ({"AUTH_LDAP_BIND_USER": "serch"}, "bind", "AUTH_LDAP_BIND_USER"),
        ({"AUTH_LDAP_SEARCH": f"ou=Folk,{BASE}"}, "search", f"There is no entry ou=Folk,{BASE}"),
        ({"AUTH_LDAP_SEARCH_FILTER": "(mail)"}, "search", "AUTH_LDAP_SEARCH_FILTER is no filter"),
        ({"AUTH_LDAP_SEARCH_FILTER": "(title=guest)"}, "search", "does not fit"),
        ({"AUTH_LDAP_UID_FIELD": "employeeNumber"}, "search", "employeeNumber=alice"),
        (
            {"AUTH_LDAP_GROUP_SEARCH": f"ou=Grp,{BASE}"},
            "groups",
            f"There is no entry ou=Grp,{BASE}",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_step(directory, more, step, expected):
    name, detail = failure(directory, "alice", PASSWORD, **more)
    assert name == step
    assert expected in detail


def test_nobody_of_this_name_is_told(directory):
    name, detail = failure(directory, "nobody")
    assert name == "search"
    assert f"Nobody below {PEOPLE} has uid=nobody" in detail


def test_two_of_one_name_are_both_told(directory):
    name, detail = failure(directory, "twin")
    assert name == "search"
    assert f"uid=twin,{PEOPLE}" in detail
    assert f"uid=twin,ou=Branch,{PEOPLE}" in detail


def test_a_filter_that_nobody_fits_is_told_without_a_name(directory):
    name, detail = failure(directory, AUTH_LDAP_SEARCH_FILTER="(title=nobody)")
    assert name == "search"
    assert f"Nobody below {PEOPLE} fits" in detail


def test_missing_attributes_are_named(directory):
    _, steps = steps_of(directory, "carol")
    assert steps["attributes"].ok
    assert "The entry has no givenName, no mail." in steps["attributes"].detail
    assert "carol@email.notfound" in steps["attributes"].detail


def test_without_groups_it_says_where_to_look(directory):
    _, steps = steps_of(directory, "dave", AUTH_LDAP_GROUP_SEARCH="")
    assert "AUTH_LDAP_GROUP_SEARCH" in steps["groups"].detail


DIRECT = {
    "AUTH_LDAP_BIND_USER": "",
    "AUTH_LDAP_BIND_PASSWORD": "",
    "AUTH_LDAP_GROUP_SEARCH": "",
    "AUTH_LDAP_USERNAME_FORMAT": f"uid=%s,{PEOPLE}",
}


def test_direct_binding_wants_a_name_and_a_password(directory):
    _, steps = steps_of(directory, "alice", **DIRECT)
    assert steps["tls"].ok
    assert steps["bind"].ok is None
    assert "give a user name and a password" in steps["bind"].detail


def test_direct_binding_is_tried_to_its_end(directory):
    trial, steps = steps_of(directory, "alice", PASSWORD, **DIRECT)
    assert all(step.ok for step in trial.steps)
    assert steps["bind"].detail == f"Bound as uid=alice,{PEOPLE}."


def test_a_refused_direct_bind_says_as_whom(directory):
    name, detail = failure(directory, "alice", "wrong", **DIRECT)
    assert name == "bind"
    assert f"uid=alice,{PEOPLE}" in detail


def test_a_filter_that_leaves_out_whoever_binds_is_told(directory):
    more = {**DIRECT, "AUTH_LDAP_SEARCH_FILTER": "(title=guest)"}
    name, detail = failure(directory, "alice", PASSWORD, **more)
    assert name == "search"
    assert "(title=guest)" in detail
