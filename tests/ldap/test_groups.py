"""Groups of a real directory: by every kind of membership, nested, in circles, out of bounds."""

import pytest
from slapd import BASE, GROUPS, PASSWORD, PEOPLE

from couture_hub.directory import groups
from couture_scheduler.ldap.profile import DirectoryAway


def of(directory, name: str, **more: str) -> set[str]:
    profile = directory(**more).login(name, PASSWORD)
    assert profile.groups == directory(**more).lookup(profile.name).groups
    return {dn.removeprefix("cn=").removesuffix(f",{GROUPS}") for dn in profile.groups}


def test_groups_below_the_base_by_member_posix_member_and_through_other_groups(directory):
    # inside holds the group outside, which is not below the base but names alice
    assert of(directory, "alice") == {"data", "analysts", "staff", "posix", "inside"}


def test_groups_by_unique_member(directory):
    assert of(directory, "bob") == {"staff", "unique"}


def test_groups_in_a_circle_are_each_found_once(directory):
    assert of(directory, "carol") == {"ring one", "ring two", "ring three"}


def test_whoever_is_in_no_group_has_none(directory):
    assert of(directory, "dave") == set()


def test_a_dn_full_of_special_characters_is_found_as_member(directory):
    assert of(directory, "ann") == {"odd"}


def test_without_a_base_the_groups_are_those_that_entries_say_they_are_in(directory):
    found = directory(AUTH_LDAP_GROUP_SEARCH="").login("alice", PASSWORD).groups
    named = [f"cn={name},{GROUPS}" for name in ("analysts", "data", "inside", "staff")]
    assert sorted(found) == sorted([*named, f"cn=outside,ou=Elsewhere,{BASE}"])


def test_a_base_that_is_not_there_does_not_quietly_take_everybodys_groups_away(directory):
    with pytest.raises(DirectoryAway) as away:
        directory(AUTH_LDAP_GROUP_SEARCH=f"ou=Grps,{BASE}").login("alice", PASSWORD)
    assert f"ou=Grps,{BASE}" in away.value.why


def test_a_change_of_groups_is_seen_at_the_next_lookup(slapd, directory):
    person = slapd.add_person("mover")
    group = slapd.add_group("moved", [person])
    assert of(directory, "mover") == {"moved"}
    slapd.delete(group)
    assert of(directory, "mover") == set()
    slapd.delete(person)


@pytest.fixture
def chain(slapd):
    """Twelve groups, each in the next."""
    members = [slapd.add_person("deep")]
    for number in range(12):
        members.append(slapd.add_group(f"chain {number:02}", [members[-1]]))
    yield
    for dn in reversed(members):
        slapd.delete(dn)


def test_long_chains_are_followed_to_their_end(directory, chain):
    assert of(directory, "deep") == {f"chain {number:02}" for number in range(12)}


def test_chains_without_end_are_cut_and_the_log_says_so(directory, chain, monkeypatch, caplog):
    monkeypatch.setattr(groups, "_DEEPEST", 5)
    assert of(directory, "deep") == {f"chain {number:02}" for number in range(5)}
    assert "deep is in more groups" in caplog.text


def test_very_many_groups_are_cut_and_the_trial_says_so(directory, chain, monkeypatch):
    monkeypatch.setattr(groups, "_MOST", 4)
    trial = directory().test("deep")
    assert len(trial.profile.groups) == 4
    step = next(step for step in trial.steps if step.name == "groups")
    assert "more than are looked through" in step.detail


def test_many_groups_at_one_level_are_all_followed(slapd, directory, monkeypatch):
    monkeypatch.setattr(groups, "_AT_ONCE", 2)
    person = slapd.add_person("joiner")
    first = [slapd.add_group(f"wide {number}", [person]) for number in range(7)]
    second = [slapd.add_group(f"above {number}", [dn]) for number, dn in enumerate(first)]
    try:
        assert len(of(directory, "joiner")) == 14
    finally:
        for dn in (person, *first, *second):
            slapd.delete(dn)


def test_a_name_cannot_join_a_posix_group_by_its_special_characters(slapd, directory):
    person = slapd.add_person("x)(memberUid=*", f"cn=trickster,{PEOPLE}")
    try:
        assert of(directory, "x)(memberUid=*") == set()
    finally:
        slapd.delete(person)
