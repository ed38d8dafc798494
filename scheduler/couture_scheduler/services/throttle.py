"""Back-off of logins: who fails again and again waits, longer each time."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from couture_scheduler.db.database import Tx
from couture_scheduler.store import accounts

_FORGET = timedelta(hours=1)


@dataclass(frozen=True)
class _Limit:
    """How often may be failed before one waits, and how long at most."""

    free: int
    longest: float


_OF_PERSON_AT_ADDRESS = _Limit(4, 300)
_OF_ADDRESS = _Limit(30, 60)
_OF_PERSON = _Limit(100, 30)  #: from addresses at which that person has not been lately
_LATELY = timedelta(days=30)
_NETWORK = 64  #: bits of an IPv6 address; whoever has one has all that begin with them


def seconds_to_wait(tx: Tx, name: str, source_ip: str | None) -> int:
    """Return for how long the next try is refused; 0 = it is not."""
    of_person, known = _person(name), _known(name, source_ip)
    rows = accounts.find_failures(tx, [known, *_limits(name, source_ip)])
    rows = [row for row in rows if row.locked_until > tx.now]
    if any(row.who == known for row in rows):
        rows = [row for row in rows if row.who not in (known, of_person)]
    left = [(row.locked_until - tx.now).total_seconds() for row in rows]
    return max((round(one + 0.5) for one in left), default=0)


def note_failure(tx: Tx, name: str, source_ip: str | None) -> None:
    """Count a failed login."""
    limits = _limits(name, source_ip)
    counts = {row.who: row.count for row in accounts.find_failures(tx, list(limits))}
    for who, limit in limits.items():
        count = counts.get(who, 0) + 1
        over = count - limit.free
        seconds = min(limit.longest, 2.0 ** min(over, 20)) if over >= 0 else 0
        accounts.set_failures(tx, who, count, tx.now + timedelta(seconds=seconds))


def note_success(tx: Tx, name: str, source_ip: str | None) -> None:
    """Forget the failures of who has logged in, and those of long ago."""
    person_there, _, person = _limits(name, source_ip)
    accounts.forget_failures(tx, [person_there, person], tx.now - _FORGET)
    accounts.set_failures(tx, _known(name, source_ip), 0, tx.now + _LATELY)


def _limits(name: str, source_ip: str | None) -> dict[str, _Limit]:
    address = _address(source_ip)
    return {
        f"{_person(name)}|{address}": _OF_PERSON_AT_ADDRESS,
        f"ip:{address}": _OF_ADDRESS,
        _person(name): _OF_PERSON,
    }


def _person(name: str) -> str:
    return f"name:{name.lower()[:200]}"


def _known(name: str, source_ip: str | None) -> str:
    """Return the row that says that somebody has logged in at an address, as long as it is kept."""
    return f"known:{_person(name)}|{_address(source_ip)}"


def _address(source_ip: str | None) -> str:
    try:
        found = ip_address(source_ip or "")
    except ValueError:
        return source_ip or "unknown"
    if not isinstance(found, IPv6Address) or found.ipv4_mapped:
        return str(found)
    return f"{IPv6Address(int(found) >> _NETWORK << _NETWORK)}/{_NETWORK}"
