"""The one source of "now" for due-ness and leases.

On a real database it is the database's clock; a `Clock` that was given a time returns that,
so that a simulation or a test drives the same statements with a virtual clock.
Times are aware UTC datetimes everywhere; the DB holds microseconds since the epoch.
"""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Clock:
    """Wall clock in UTC."""

    def now(self) -> datetime:
        """Return the current time, aware UTC."""
        return from_micros(time.time_ns() // 1000)


class VirtualClock(Clock):
    """A clock that moves only when told to."""

    def __init__(self, start: datetime):
        self._now = start

    def now(self) -> datetime:
        """Return the time that the clock was set to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forwards (or, to test just that, backwards)."""
        self._now += timedelta(seconds=seconds)


def boot_ns() -> int:
    """Return nanoseconds since this host was booted: the same in all its processes.

    They go on while it sleeps, and nobody can set them.
    """
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def to_micros(moment: datetime) -> int:
    """Return microseconds since the epoch; exact, no floats involved."""
    return (moment - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC datetime of `micros` microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=micros)
