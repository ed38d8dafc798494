"""People of a directory: from what was typed at the login page to one entry and a profile."""

import re
from collections.abc import Sequence

import ldap3
from ldap3.utils.conv import escape_filter_chars

from couture_hub.directory.connection import Connector, Entry
from couture_hub.directory.groups import MEMBER_OF, Groups
from couture_scheduler.ldap.names import escape_value, first_value
from couture_scheduler.ldap.options import LdapOptions
from couture_scheduler.ldap.profile import DirectoryAway, Profile

_LONGEST_NAME = 250
_PLAIN = re.compile(r"[\w.@-]+")
_SHOWN_AT_MOST = 2  #: entries are looked for until it is clear that there is more than one


def candidates(options: LdapOptions, typed: str) -> list[str]:
    """Return what the UID field may hold for somebody who typed this; nothing = no name at all."""
    name = typed.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        return []
    if not options.append_domain:
        return [name]
    short = _without_domain(options, name)
    return [short, f"{short}@{options.append_domain}"]


def bind_name(options: LdapOptions, typed: str) -> str | None:
    """Return what somebody binds as where there is no search account; None = never."""
    names = candidates(options, typed)
    if not names:
        return None
    name = names[-1]
    if options.binds_by_dn:
        return options.username_format.replace("%s", escape_value(name))
    # outside a DN nothing can be escaped, so that only harmless names go through
    if not _PLAIN.fullmatch(name):
        return None
    return options.username_format.replace("%s", name) if options.username_format else name


def find_entries(
    connector: Connector,
    connection: ldap3.Connection,
    typed: str,
    attributes: Sequence[str] = (),
    *,
    use_filter: bool = True,
) -> list[Entry]:
    """Return the entries with this user name: none, one, or two if it is not unique."""
    options = connector.options
    names = candidates(options, typed)
    if not names:
        return []
    return connector.search(
        connection,
        options.search_base,
        name_filter(options, names, use_filter=use_filter),
        attributes or wanted_attributes(options),
        _SHOWN_AT_MOST,
    )


def name_filter(options: LdapOptions, names: Sequence[str], *, use_filter: bool = True) -> str:
    """Return the LDAP filter for people with one of these names."""
    tests = "".join(f"({options.uid_field}={escape_filter_chars(name)})" for name in names)
    if len(names) > 1:
        tests = f"(|{tests})"
    wanted = options.search_filter if use_filter else ""
    return f"(&{wanted}{tests})" if wanted else tests


def read_own_entry(
    connector: Connector, connection: ldap3.Connection, dn: str, attributes: Sequence[str] = ()
) -> list[Entry]:
    """Return the entry of somebody who is bound, if it fits the search filter."""
    options = connector.options
    return connector.search(
        connection,
        dn,
        options.search_filter or "(objectClass=*)",
        attributes or wanted_attributes(options),
        1,
        ldap3.BASE,
    )


def wanted_attributes(options: LdapOptions) -> list[str]:
    """Return the attributes that a profile is made of."""
    fields = (
        options.uid_field,
        options.first_name_field,
        options.last_name_field,
        options.email_field,
        MEMBER_OF,
    )
    return list(dict.fromkeys(field for field in fields if field))


def name_of(options: LdapOptions, entry: Entry) -> str:
    """Return the user name that an entry has, always the same one however it was typed.

    Raises:
        DirectoryAway: it has none.
    """
    values = entry.values(options.uid_field)
    if not values:
        raise DirectoryAway(
            f"{entry.dn} has no attribute {options.uid_field}, or it may not be read. Set "
            "AUTH_LDAP_UID_FIELD to the one with the user name."
        )
    in_dn = first_value(entry.dn, options.uid_field)
    own = [value for value in values if in_dn and value.casefold() == in_dn.casefold()]
    return _without_domain(options, min(own or values)).strip().lower()


def make_profile(options: LdapOptions, entry: Entry, groups: Groups) -> Profile:
    """Return what is told of a person."""
    name = name_of(options, entry)
    return Profile(
        name=name,
        dn=entry.dn,
        first_name=_first(entry, options.first_name_field),
        last_name=_first(entry, options.last_name_field),
        email=_first(entry, options.email_field) or f"{name}@email.notfound",
        groups=groups.dns,
    )


def _first(entry: Entry, field: str) -> str:
    values = entry.values(field) if field else []
    text = values[0] if values else ""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _without_domain(options: LdapOptions, name: str) -> str:
    suffix = f"@{options.append_domain}".casefold()
    if len(suffix) > 1 and name.casefold().endswith(suffix):
        return name[: -len(suffix)]
    return name
