"""DNs: one form for all spellings, and values that cannot break out of their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from couture_scheduler.ldap.names import (
    escape_value,
    first_value,
    is_below,
    is_dn,
    normalize_dn,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=Data, OU=Groups ,DC=example", "cn=data,ou=groups,dc=example"),
        (r"cn=a\, b,dc=x", r"cn=a\2C b,dc=x"),
        ('cn="a, b",dc=x', r"cn=a\, b,dc=x"),
        ("cn=a+ou=b,dc=x", "OU=B + CN=A,dc=x"),
        (r"cn=Jos\C3\A9,dc=x", "cn=José,dc=x"),
        (r"cn=\#a,dc=x", r"cn=\23a,dc=x"),
        ("cn=ring  one,dc=x", "cn=ring one,dc=x"),
        ("OID.2.5.4.3=a,dc=x", "2.5.4.3=a,dc=x"),
    ],
)
def test_spellings_of_the_same_name_are_the_same(one, other):
    assert normalize_dn(one) == normalize_dn(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"cn=a\,ou=b,dc=x", "cn=a,ou=b,dc=x"),
        (r"cn=a\+sn=b,dc=x", "cn=a+sn=b,dc=x"),
        (r"cn=a\\,dc=x", "cn=a,dc=x"),
        (r"cn=a\20,dc=x", "cn=a,dc=x"),
        ("cn=ab,dc=x", "cn=a b,dc=x"),
    ],
)
def test_names_that_only_look_alike_are_told_apart(one, other):
    assert normalize_dn(one) != normalize_dn(other)


@pytest.mark.parametrize("text", ["", "People", "ou=People,", "=x", "cn=a,b", 'cn="a', r"cn=\ff"])
def test_what_is_no_dn_is_no_dn(text):
    assert not is_dn(text)


def test_an_entry_below_a_base_is_told_by_its_parts_and_not_by_its_end():
    assert is_below("cn=a,OU=Groups, dc=x", "ou=groups,dc=x")
    assert is_below("ou=groups,dc=x", "ou=Groups,dc=x")
    assert not is_below("cn=a,ou=other groups,dc=x", "groups,dc=x")
    assert not is_below(r"cn=a\,ou=groups,dc=x", "ou=groups,dc=x")


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30))
def test_every_value_comes_back_out_of_the_dn_that_it_was_put_into(value):
    dn = f"uid={escape_value(value)},ou=People,dc=x"
    assert first_value(dn, "UID") == value
    assert normalize_dn(dn).endswith(",ou=people,dc=x")
