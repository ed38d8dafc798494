"""The settings: 22 of them, checked, each refusal a sentence at its setting."""

import pytest

from couture_scheduler.errors import Invalid
from couture_scheduler.ldap.keys import OPTIONS, read_values
from couture_scheduler.ldap.options import LdapOptions, options_of

# the table of the manual
MANUAL = """
AUTH_TYPE AUTH_LDAP_SERVER AUTH_LDAP_SEARCH AUTH_LDAP_UID_FIELD AUTH_LDAP_BIND_USER
AUTH_LDAP_BIND_PASSWORD AUTH_LDAP_ALLOW_SELF_SIGNED AUTH_LDAP_GROUP_SEARCH AUTH_LDAP_USE_TLS
AUTH_LDAP_FIRSTNAME_FIELD AUTH_LDAP_EMAIL_FIELD AUTH_LDAP_LASTTNAME_FIELD AUTH_USER_REGISTRATION
AUTH_USER_REGISTRATION_ROLE AUTH_LDAP_TLS_DEMAND AUTH_LDAP_SEARCH_FILTER AUTH_LDAP_APPEND_DOMAIN
AUTH_LDAP_USERNAME_FORMAT AUTH_LDAP_TLS_CACERTDIR AUTH_LDAP_TLS_CACERTFILE AUTH_LDAP_TLS_CERTFILE
AUTH_LDAP_TLS_KEYFILE
"""

GOOD = {
    "AUTH_TYPE": "AUTH_LDAP",
    "AUTH_LDAP_SERVER": "ldap://ldap.example.com",
    "AUTH_LDAP_SEARCH": "ou=People,dc=example,dc=com",
    "AUTH_LDAP_BIND_USER": "cn=search,dc=example,dc=com",
    "AUTH_LDAP_BIND_PASSWORD": "secret words",
}
DIRECT = {
    **{name: GOOD[name] for name in ("AUTH_TYPE", "AUTH_LDAP_SERVER")},
    "AUTH_LDAP_USERNAME_FORMAT": "uid=%s,ou=People,dc=example,dc=com",
}


def options(**more: object) -> LdapOptions:
    return options_of(read_values({**GOOD, **more}))


def refused(values: dict[str, object]) -> Invalid:
    with pytest.raises(Invalid) as caught:
        options_of(read_values(values))
    return caught.value


def test_the_settings_are_those_of_the_manual_in_its_order():
    assert [option.name for option in OPTIONS] == MANUAL.split()


def test_every_setting_has_a_sentence_of_help():
    assert all(option.help.endswith(".") and len(option.help) > 20 for option in OPTIONS)


def test_nothing_set_is_a_directory_switched_off():
    assert not options_of({}).is_enabled


@pytest.mark.parametrize(
    ("server", "more", "expected"),
    [
        ("ldap://h", {}, ("h", 389, "none")),
        ("ldap://h", {"AUTH_LDAP_USE_TLS": True}, ("h", 389, "starttls")),
        ("LDAPS://h.example.com/", {}, ("h.example.com", 636, "ldaps")),
        ("ldaps://10.0.0.1:6360", {}, ("10.0.0.1", 6360, "ldaps")),
        ("ldap://[::1]:3890", {}, ("::1", 3890, "none")),
    ],
)
def test_the_address_says_host_port_and_encryption(server, more, expected):
    found = options(AUTH_LDAP_SERVER=server, **more)
    assert (found.host, found.port, found.encryption) == expected


def test_the_address_is_written_so_that_host_and_port_are_told_apart():
    assert options(AUTH_LDAP_SERVER="ldap://[::1]:3890").server == "[::1]:3890"
    assert options(AUTH_LDAP_SERVER="ldap://h").server == "h:389"


@pytest.mark.parametrize(
    ("allow", "demand", "verifies"),
    [(False, False, True), (True, False, False), (True, True, True), (False, True, True)],
)
def test_certificates_are_verified_unless_allowed_and_not_demanded(allow, demand, verifies):
    found = options(
        AUTH_LDAP_USE_TLS=True, AUTH_LDAP_ALLOW_SELF_SIGNED=allow, AUTH_LDAP_TLS_DEMAND=demand
    )
    assert found.verifies is verifies


@pytest.mark.parametrize("name", ["AUTH_LDAP_LASTTNAME_FIELD", "AUTH_LDAP_LASTNAME_FIELD"])
def test_the_last_name_may_be_written_with_one_t_or_two(name):
    assert options(**{name: "surname"}).last_name_field == "surname"


def test_a_setting_under_both_its_names_is_refused():
    both = {"AUTH_LDAP_LASTTNAME_FIELD": "sn", "AUTH_LDAP_LASTNAME_FIELD": "surname"}
    assert refused(both).field == "AUTH_LDAP_LASTTNAME_FIELD"


@pytest.mark.parametrize(("text", "value"), [("True", True), ("false", False), (True, True)])
def test_flags_may_be_written_as_in_a_configuration_file(text, value):
    assert options(AUTH_LDAP_USE_TLS=text).encryption == ("starttls" if value else "none")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"AUTH_LDAP_COLOUR": "red"}, "AUTH_LDAP_COLOUR"),
        ({"AUTH_TYPE": "AUTH_OID"}, "AUTH_TYPE"),
        ({"AUTH_LDAP_USE_TLS": "perhaps"}, "AUTH_LDAP_USE_TLS"),
        ({"AUTH_LDAP_SEARCH": 7}, "AUTH_LDAP_SEARCH"),
        ({"AUTH_LDAP_SEARCH": "ou=a\nb,dc=x"}, "AUTH_LDAP_SEARCH"),
        ({"AUTH_LDAP_SEARCH": "ou=" + "a" * 2000}, "AUTH_LDAP_SEARCH"),
        ({"AUTH_LDAP_SEARCH": "People"}, "AUTH_LDAP_SEARCH"),
        ({"AUTH_LDAP_SEARCH": ""}, "AUTH_LDAP_SEARCH"),
        ({"AUTH_LDAP_GROUP_SEARCH": "Groups"}, "AUTH_LDAP_GROUP_SEARCH"),
        ({"AUTH_LDAP_SERVER": ""}, "AUTH_LDAP_SERVER"),
        ({"AUTH_LDAP_SERVER": "ldap.example.com"}, "AUTH_LDAP_SERVER"),
        ({"AUTH_LDAP_SERVER": "http://h"}, "AUTH_LDAP_SERVER"),
        ({"AUTH_LDAP_SERVER": "ldap://h:0"}, "AUTH_LDAP_SERVER"),
        ({"AUTH_LDAP_SERVER": "ldap://h:70000"}, "AUTH_LDAP_SERVER"),
        ({"AUTH_LDAP_SERVER": "ldap://me:secret@h"}, "AUTH_LDAP_SERVER"),
        ({"AUTH_LDAP_SERVER": "ldap://h/dc=x?uid"}, "AUTH_LDAP_SERVER"),
        ({"AUTH_LDAP_SERVER": "ldapi://%2ftmp%2fs"}, "AUTH_LDAP_SERVER"),
        ({"AUTH_LDAP_SERVER": "ldaps://h", "AUTH_LDAP_USE_TLS": True}, "AUTH_LDAP_USE_TLS"),
        ({"AUTH_LDAP_TLS_DEMAND": True}, "AUTH_LDAP_TLS_DEMAND"),
        ({"AUTH_LDAP_UID_FIELD": ""}, "AUTH_LDAP_UID_FIELD"),
        ({"AUTH_LDAP_UID_FIELD": "uid=*)(x"}, "AUTH_LDAP_UID_FIELD"),
        ({"AUTH_LDAP_EMAIL_FIELD": "e mail"}, "AUTH_LDAP_EMAIL_FIELD"),
        ({"AUTH_LDAP_BIND_PASSWORD": ""}, "AUTH_LDAP_BIND_PASSWORD"),
        ({"AUTH_LDAP_BIND_PASSWORD": "   "}, "AUTH_LDAP_BIND_PASSWORD"),
        ({"AUTH_LDAP_BIND_USER": ""}, "AUTH_LDAP_BIND_USER"),
        ({"AUTH_USER_REGISTRATION": True}, "AUTH_USER_REGISTRATION_ROLE"),
        ({"AUTH_LDAP_SEARCH_FILTER": "memberOf=cn=x"}, "AUTH_LDAP_SEARCH_FILTER"),
        ({"AUTH_LDAP_SEARCH_FILTER": "(a=b)(c=d)"}, "AUTH_LDAP_SEARCH_FILTER"),
        ({"AUTH_LDAP_SEARCH_FILTER": "(a=b))(|(c=d)"}, "AUTH_LDAP_SEARCH_FILTER"),
        ({"AUTH_LDAP_APPEND_DOMAIN": "@example.com"}, "AUTH_LDAP_APPEND_DOMAIN"),
        ({"AUTH_LDAP_USERNAME_FORMAT": "uid={},dc=x"}, "AUTH_LDAP_USERNAME_FORMAT"),
        ({"AUTH_LDAP_USERNAME_FORMAT": "%s-%s"}, "AUTH_LDAP_USERNAME_FORMAT"),
        ({"AUTH_LDAP_USERNAME_FORMAT": "%d"}, "AUTH_LDAP_USERNAME_FORMAT"),
        ({"AUTH_LDAP_USERNAME_FORMAT": "uid=%s,People"}, "AUTH_LDAP_USERNAME_FORMAT"),
        ({"AUTH_LDAP_TLS_CACERTFILE": "ca.pem"}, "AUTH_LDAP_TLS_CACERTFILE"),
        ({"AUTH_LDAP_TLS_KEYFILE": "/k.pem"}, "AUTH_LDAP_TLS_CERTFILE"),
    ],
)
def test_a_wrong_value_is_refused_at_its_setting(changed, field):
    error = refused({**GOOD, **changed})
    assert error.field == field
    assert field in str(error)
    assert str(error).endswith(".")
    assert GOOD["AUTH_LDAP_BIND_PASSWORD"] not in str(error)


@pytest.mark.parametrize(
    "good", ["(a=b)", "(&(a=b)(!(c=d)))", r"(cn=a\28b)", "(memberOf=cn=a,ou=b,dc=c)"]
)
def test_filters_in_closed_parentheses_are_taken(good):
    assert options(AUTH_LDAP_SEARCH_FILTER=good).search_filter == good


def test_people_who_bind_by_a_dn_need_no_search_base():
    found = options_of(read_values(DIRECT))
    assert found.binds_by_dn
    assert not found.can_look_up


def test_people_who_bind_by_another_name_are_found_below_a_search_base():
    values = {**DIRECT, "AUTH_LDAP_USERNAME_FORMAT": "format-%s"}
    assert refused(values).field == "AUTH_LDAP_SEARCH"
    assert not options_of(read_values({**values, "AUTH_LDAP_SEARCH": "dc=x"})).binds_by_dn


def test_without_a_search_account_and_a_format_nobody_could_bind():
    values = {name: GOOD[name] for name in ("AUTH_TYPE", "AUTH_LDAP_SERVER", "AUTH_LDAP_SEARCH")}
    assert refused(values).field == "AUTH_LDAP_BIND_USER"


def test_settings_may_be_incomplete_while_they_are_switched_off():
    assert not options_of(read_values({"AUTH_LDAP_SERVER": "ldap://h"})).is_enabled


def test_the_password_is_in_no_text_of_the_options():
    assert GOOD["AUTH_LDAP_BIND_PASSWORD"] not in repr(options())
