"""Back-off of logins: who fails again and again waits, longer each time."""

from dataclasses import dataclass
from datetime import timedelta

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
_OF_PERSON = _Limit(100, 30)  #: from anywhere: slows guessing down, locks nobody out for long


def seconds_to_wait(tx: Tx, name: str, source_ip: str | None) -> int:
    """Return for how long the next try is refused; 0 = it is not."""
    rows = accounts.find_failures(tx, list(_limits(name, source_ip)))
    left = [(row.locked_until - tx.now).total_seconds() for row in rows]
    return max(0, *(round(one + 0.5) for one in left if one > 0), 0)


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


def _limits(name: str, source_ip: str | None) -> dict[str, _Limit]:
    name, address = name.lower()[:200], source_ip or "unknown"
    return {
        f"name:{name}|{address}": _OF_PERSON_AT_ADDRESS,
        f"ip:{address}": _OF_ADDRESS,
        f"name:{name}": _OF_PERSON,
    }
