"""Helpers for dates with time zones, under the names of `airflow.utils.timezone`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pendulum
from pendulum.tz.timezone import FixedTimezone, Timezone

from couture_operators.dates import UTC, DateTime, to_datetime

utc = UTC


def is_localized(value: dt.datetime) -> bool:
    """Whether a datetime has a time zone."""
    return value.utcoffset() is not None


def is_naive(value: dt.datetime) -> bool:
    """Whether a datetime has no time zone."""
    return value.utcoffset() is None


def utcnow() -> DateTime:
    """The present moment in UTC."""
    return to_datetime(dt.datetime.now(dt.UTC))


def utc_epoch() -> DateTime:
    """The first of January 1970."""
    return to_datetime(dt.datetime(1970, 1, 1, tzinfo=dt.UTC))


def convert_to_utc(value: dt.datetime | None) -> DateTime | None:
    """The same moment in UTC; without a zone it counts as UTC already."""
    return None if value is None else to_datetime(to_datetime(value).astimezone(UTC))


def make_aware(value: dt.datetime | None, timezone: dt.tzinfo | None = None) -> dt.datetime | None:
    """The same clock time with a zone (UTC); one that has a zone is refused."""
    if value is None:
        return None
    if is_localized(value):
        raise ValueError(f"make_aware expects a datetime without a time zone, not {value!r}.")
    return to_datetime(value.replace(tzinfo=timezone or UTC))


def make_naive(value: dt.datetime, timezone: dt.tzinfo | None = None) -> dt.datetime:
    """The clock time in a zone (UTC), without the zone."""
    if is_naive(value):
        raise ValueError(f"make_naive expects a datetime with a time zone, not {value!r}.")
    moved = value.astimezone(timezone or UTC)
    return dt.datetime(*moved.timetuple()[:6], moved.microsecond)


def datetime(*args: Any, **kwargs: Any) -> DateTime:
    """A datetime; UTC unless `tzinfo` says otherwise."""
    return to_datetime(dt.datetime(*args, **kwargs))


def parse(string: str, timezone: dt.tzinfo | None = None, *, strict: bool = False) -> DateTime:
    """The datetime of a text; UTC unless the text or `timezone` says otherwise."""
    found = pendulum.parse(string, tz=timezone or UTC, strict=strict)
    if not isinstance(found, dt.datetime):
        raise ValueError(f"{string!r} is no moment.")
    return to_datetime(found)


def coerce_datetime(value: dt.datetime | None, tz: dt.tzinfo | None = None) -> DateTime | None:
    """A context date of a datetime; without a zone it is in `tz` (UTC)."""
    if value is None:
        return None
    return to_datetime(value if is_localized(value) else value.replace(tzinfo=tz or UTC))


def td_format(td_object: dt.timedelta | float | None) -> str | None:
    """A duration in short words: `1h:2M:3s`."""
    seconds = td_object.total_seconds() if isinstance(td_object, dt.timedelta) else td_object
    rest = int(seconds or 0)
    parts = []
    for mark, size in (("y", 31536000), ("m", 2592000), ("d", 86400), ("h", 3600), ("M", 60)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{mark}")
    if rest:
        parts.append(f"{rest}s")
    if parts:
        return ":".join(parts)
    return "<1s" if seconds else None


def parse_timezone(name: str | int) -> FixedTimezone | Timezone:
    """The zone of a name, or of an offset in seconds."""
    return pendulum.timezone(name)


def local_timezone() -> FixedTimezone | Timezone:
    """The zone of this machine."""
    return pendulum.local_timezone()


def from_timestamp(timestamp: float, tz: Any = UTC) -> DateTime:
    """The moment of a Unix time."""
    return to_datetime(pendulum.from_timestamp(timestamp, tz=tz))
