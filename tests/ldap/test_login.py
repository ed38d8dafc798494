"""Logins against a real directory: who comes in, under which name, and who does not."""

import re

import pytest
from odd_servers import renaming_proxy
from slapd import BASE, PASSWORD, PEOPLE, open_directory, start_slapd

from couture_scheduler.ldap.profile import DirectoryAway

DIRECT = {
    "AUTH_LDAP_BIND_USER": "",
    "AUTH_LDAP_BIND_PASSWORD": "",
    # people may not read groups here
    "AUTH_LDAP_GROUP_SEARCH": "",
}
BY_DN = {**DIRECT, "AUTH_LDAP_USERNAME_FORMAT": f"uid=%s,{PEOPLE}"}


def test_the_right_password_lets_in_and_tells_who_it_is(directory):
    profile = directory().login("alice", PASSWORD)
    assert (profile.name, profile.dn) == ("alice", f"uid=alice,{PEOPLE}")
    assert (profile.first_name, profile.last_name) == ("Alice", "Ardent")
    assert profile.email == "alice@example.com"


def test_a_lookup_is_by_the_name_of_the_account_alone(directory):
    assert directory().lookup("erika").name == "erika"
    assert directory().lookup("rika") is None


def test_without_an_address_the_account_gets_the_manuals(directory):
    assert directory().login("bob", PASSWORD).email == "bob@email.notfound"


def test_names_and_addresses_come_from_the_fields_that_are_set(directory):
    fields = {
        "AUTH_LDAP_FIRSTNAME_FIELD": "sn",
        "AUTH_LDAP_LASTNAME_FIELD": "mail",
        "AUTH_LDAP_EMAIL_FIELD": "UID",
    }
    profile = directory(**fields).login("alice", PASSWORD)
    assert (profile.first_name, profile.last_name) == ("Ardent", "alice@example.com")
    assert profile.email == "alice"


@pytest.mark.parametrize("password", ["open sesam", "OPEN SESAME", "open sesame ", "x" * 5000])
def test_a_wrong_password_lets_nobody_in(directory, password):
    assert directory().login("alice", password) is None


@pytest.mark.parametrize("name", ["nobody", "search", "cn=admin,dc=example,dc=com", "a" * 300])
def test_an_unknown_name_lets_nobody_in(directory, name):
    assert directory().login(name, PASSWORD) is None


@pytest.mark.parametrize("typed", ["ALICE", " alice ", "Alice", "alice  "])
def test_however_a_name_is_typed_it_is_one_account(directory, typed):
    assert directory().login(typed, PASSWORD).name == "alice"


@pytest.mark.parametrize("typed", ["erika", "rika"])
def test_an_entry_with_two_user_names_is_one_account(directory, typed):
    assert directory().login(typed, PASSWORD).name == "erika"


@pytest.mark.parametrize("password", ["", " ", "\t\n", "\0", "\0open sesame", "\u00ad", "\ud800"])
def test_a_blank_password_never_comes_to_the_directory(tmp_path, password):
    # "allow bind_anon_cred" is what Active Directory does: a bind without password succeeds
    with start_slapd(tmp_path / "lax", more="allow bind_anon_cred") as lax:
        for more in ({}, BY_DN):
            values = lax.values(**more)
            assert open_directory(values).login("alice", password) is None
            assert open_directory(values).login("alice", PASSWORD) is not None


@pytest.mark.parametrize(
    "name",
    [
        *("*", "ali*", "alice)(uid=*", "*)(|(uid=*", "*)(uid=*))(|(uid=*", ")", "(", "\\"),
        *("alice)(&", "\\2a", "alice\0", "\0", "al\nice", "uid=alice", f"uid=alice,{PEOPLE}"),
        *("alice,ou=People", "alice+sn=Ardent", "#alice", " ", "", "%s", "{0}", "{login}"),
    ],
)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"AUTH_LDAP_SEARCH_FILTER": "(objectClass=inetOrgPerson)"},
        {"AUTH_LDAP_APPEND_DOMAIN": "example.com"},
        BY_DN,
        {**DIRECT, "AUTH_LDAP_USERNAME_FORMAT": "%s"},
    ],
    ids=["search", "filter", "domain", "direct", "direct raw"],
)
def test_a_name_cannot_be_a_piece_of_a_filter_or_of_a_dn(directory, name, more):
    assert directory(**more).login(name, PASSWORD) is None


@pytest.mark.parametrize("name", ["ann", "o*(x)", "comma, plus+hash#"])
def test_names_and_dns_full_of_special_characters_are_just_names(directory, name):
    assert directory().login(name, PASSWORD).name == name
    assert directory().lookup(name).name == name
    assert directory().login(name, "wrong") is None


@pytest.mark.parametrize("name", ["o*(x)", "comma, plus+hash#", "alice"])
def test_special_characters_are_just_names_in_a_dn_that_people_bind_by(directory, name):
    assert directory(**BY_DN).login(name, PASSWORD).name == name


def test_two_entries_with_one_name_let_nobody_in(directory):
    assert directory().login("twin", PASSWORD) is None
    assert directory().lookup("twin") is None


def test_a_filter_leaves_out_who_does_not_fit(directory):
    staff = directory(AUTH_LDAP_SEARCH_FILTER=f"(memberOf=cn=data,ou=Groups,{BASE})")
    assert staff.login("alice", PASSWORD) is not None
    assert staff.login("dave", PASSWORD) is None
    assert staff.lookup("dave") is None


def test_a_filter_is_taken_as_it_is_braces_and_all(directory):
    odd = directory(AUTH_LDAP_SEARCH_FILTER="(|(cn={login})(uid=alice)(cn=*{0}*%s))")
    assert odd.login("alice", PASSWORD) is not None


def test_people_bind_directly_by_a_format(directory):
    by_format = directory(**BY_DN)
    profile = by_format.login("Alice", PASSWORD)
    assert (profile.name, profile.first_name) == ("alice", "Alice")
    assert by_format.login("alice", "wrong") is None
    assert by_format.login("nobody", PASSWORD) is None


def test_binding_directly_a_filter_still_leaves_people_out(directory):
    with_mail = directory(**BY_DN, AUTH_LDAP_SEARCH_FILTER="(mail=*)")
    assert with_mail.login("alice", PASSWORD) is not None
    assert with_mail.login("bob", PASSWORD) is None


def test_binding_directly_the_groups_are_those_that_the_own_entry_names(directory):
    groups = directory(**BY_DN).login("alice", PASSWORD).groups
    assert groups == (f"cn=data,ou=Groups,{BASE}", f"cn=outside,ou=Elsewhere,{BASE}")


def test_binding_directly_nobody_can_be_looked_up(directory):
    with pytest.raises(DirectoryAway) as away:
        directory(**BY_DN).lookup("alice")
    assert "AUTH_LDAP_BIND_USER" in away.value.why


@pytest.fixture(scope="module")
def open_slapd(tmp_path_factory):
    with start_slapd(tmp_path_factory.mktemp("open"), is_open=True) as directory:
        yield directory


@pytest.fixture
def raw(open_slapd):
    """Open a directory in which people bind by names that are no DNs, as in Active Directory."""

    def rename(name: str) -> str:
        found = re.fullmatch(r"format-([\w.-]+)|([\w.-]+)@corp.example", name)
        return f"uid={found[1] or found[2]},{PEOPLE}" if found else name

    with renaming_proxy(open_slapd.port, rename) as port:
        server = {"AUTH_LDAP_SERVER": f"ldap://127.0.0.1:{port}"}
        yield lambda **more: open_directory(open_slapd.values(**DIRECT, **server, **more))


@pytest.mark.parametrize(
    "more",
    [
        {"AUTH_LDAP_USERNAME_FORMAT": "format-%s"},
        {"AUTH_LDAP_USERNAME_FORMAT": "%s@corp.example"},
        {"AUTH_LDAP_APPEND_DOMAIN": "corp.example"},
    ],
)
def test_people_bind_directly_by_names_that_are_no_dns(raw, more):
    assert raw(**more).login("alice", PASSWORD).email == "alice@example.com"
    assert raw(**more).login("alice", "wrong") is None
    assert raw(**more).login("nobody", PASSWORD) is None


def test_whoever_binds_as_one_person_does_not_come_in_as_another(open_slapd, raw):
    open_slapd.add_person("mallory")
    open_slapd.add_person("victim", mail="mallory", userPassword="another")
    by_mail = raw(AUTH_LDAP_USERNAME_FORMAT="format-%s", AUTH_LDAP_UID_FIELD="mail")
    assert by_mail.login("mallory", PASSWORD) is None


def test_an_added_domain_completes_names_that_carry_one(directory):
    with_domain = directory(AUTH_LDAP_APPEND_DOMAIN="example.com")
    assert with_domain.login("frank", PASSWORD).name == "frank"
    assert with_domain.login("frank@Example.com", PASSWORD).name == "frank"
    assert with_domain.login("alice", PASSWORD).name == "alice"
    assert with_domain.login("frank@example.org", PASSWORD) is None
    assert directory().login("frank", PASSWORD) is None


def test_a_mail_address_can_be_the_user_name(directory):
    by_mail = directory(AUTH_LDAP_UID_FIELD="mail")
    assert by_mail.login("alice@example.com", PASSWORD).name == "alice@example.com"


def test_an_entry_without_the_user_name_field_is_told_to_the_administrator(directory):
    with pytest.raises(DirectoryAway) as away:
        directory(**BY_DN, AUTH_LDAP_UID_FIELD="mail").login("bob", PASSWORD)
    assert "AUTH_LDAP_UID_FIELD" in away.value.why


def test_whoever_is_removed_is_not_found_any_more(slapd, directory):
    dn = slapd.add_person("leaver")
    assert directory().lookup("leaver").dn == dn
    slapd.delete(dn)
    assert directory().lookup("leaver") is None
    assert directory().login("leaver", PASSWORD) is None


def test_a_referral_is_not_followed(slapd, directory, silent):
    dn = f"ou=Away,{PEOPLE}"
    values = {"ou": "Away", "ref": f"ldap://127.0.0.1:{silent}/{dn}"}
    slapd.add(dn, ["referral", "extensibleObject"], values)
    try:
        assert directory().login("alice", PASSWORD).name == "alice"
        with pytest.raises(DirectoryAway) as away:
            directory(AUTH_LDAP_SEARCH=dn).login("alice", PASSWORD)
        assert "referrals are not followed" in away.value.why
    finally:
        with slapd.admin() as connection:
            connection.delete(dn, controls=[("2.16.840.1.113730.3.4.2", True, None)])


def test_a_wrong_search_account_is_told_to_the_administrator_alone(directory):
    with pytest.raises(DirectoryAway) as away:
        directory(AUTH_LDAP_BIND_PASSWORD="not this").login("alice", PASSWORD)
    assert "AUTH_LDAP_BIND_PASSWORD" in away.value.why
    assert "cn=search" not in str(away.value)
    assert "not this" not in away.value.why
