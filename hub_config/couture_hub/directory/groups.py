"""The groups that an entry is in, also through other groups."""

from collections.abc import Iterator
from dataclasses import dataclass

import ldap3
from ldap3.utils.conv import escape_filter_chars

from couture_hub.directory.connection import Connector, Entry
from couture_scheduler.ldap.names import is_below, normalize_dn

MEMBER_OF = "memberOf"
_MOST = 1000
_DEEPEST = 20
_AT_ONCE = 50


@dataclass(frozen=True)
class Groups:
    """Groups of an entry.

    Attributes:
        dns: in the spelling of the directory.
        direct: how many of them name the entry itself.
        is_cut: whether there were more than are looked through.
    """

    dns: tuple[str, ...]
    direct: int
    is_cut: bool


def find_groups(
    connector: Connector, connection: ldap3.Connection, person: Entry, name: str
) -> Groups:
    """Return the groups of a person.

    They are found by memberOf, and below AUTH_LDAP_GROUP_SEARCH, if that is set, by the members
    that groups name (groupOfNames, groupOfUniqueNames, posixGroup). Only groups below it count
    then. Groups in groups are followed, at most 20 deep and 1000 in all; circles do no harm.
    """
    search = _GroupSearch(connector, connection)
    first = search.add([*person.values(MEMBER_OF), *search.naming([person.dn], name)])
    level, depth = first, 1
    while level and depth < _DEEPEST and not search.is_full:
        level = search.add(search.parents(level))
        depth += 1
    base = connector.options.group_base
    counted = [dn for dn in search.found.values() if not base or is_below(dn, base)]
    direct = sum(1 for dn in first if not base or is_below(dn, base))
    return Groups(tuple(sorted(counted)), direct, search.is_full or bool(level))


class _GroupSearch:
    """One walk from groups to the groups that they are in.

    Attributes:
        found: by normalized DN, so that no group is walked through twice.
        member_of: what group entries that were met say themselves.
    """

    def __init__(self, connector: Connector, connection: ldap3.Connection):
        self.connector = connector
        self.connection = connection
        self.base = connector.options.group_base
        self.found: dict[str, str] = {}
        self.member_of: dict[str, list[str]] = {}

    @property
    def is_full(self) -> bool:
        return len(self.found) >= _MOST

    def add(self, dns: list[str]) -> list[str]:
        """Take groups in and return those that are new."""
        new = []
        for dn in dns:
            key = _key(dn)
            if key not in self.found and not self.is_full:
                self.found[key] = dn
                new.append(dn)
        return new

    def parents(self, dns: list[str]) -> list[str]:
        """Return the groups that these groups are in."""
        if self.base:
            named = [up for dn in dns for up in self.member_of.get(_key(dn), ())]
            return [*named, *self.naming(dns)]
        return [up for dn in dns for up in self._read_member_of(dn)]

    def naming(self, dns: list[str], name: str | None = None) -> list[str]:
        """Return the groups below the base that name one of these entries as member."""
        if not self.base:
            return []
        return [group.dn for part in _parts(dns) for group in self._search(part, name)]

    def _search(self, dns: list[str], name: str | None) -> list[Entry]:
        tests = [
            f"({field}={escape_filter_chars(dn)})"
            for dn in dns
            for field in ("member", "uniqueMember")
        ]
        if name is not None:
            tests.append(f"(memberUid={escape_filter_chars(name)})")
        groups = self.connector.search(
            self.connection, self.base, f"(|{''.join(tests)})", [MEMBER_OF], _MOST
        )
        for group in groups:
            self.member_of[_key(group.dn)] = group.values(MEMBER_OF)
        return groups

    def _read_member_of(self, dn: str) -> list[str]:
        entries = self.connector.search(
            self.connection, dn, "(objectClass=*)", [MEMBER_OF], 1, ldap3.BASE, missing_ok=True
        )
        return [up for entry in entries for up in entry.values(MEMBER_OF)]


def _parts(dns: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(dns), _AT_ONCE):
        yield dns[start : start + _AT_ONCE]


def _key(dn: str) -> str:
    try:
        return normalize_dn(dn)
    except ValueError:
        return dn
