"""Dates of a task's context: pendulum objects that also obey what DAG files wrote for pendulum 1.

`format` follows strftime when the pattern holds a `%` (pendulum 3 garbles those), and `str` gives
the ISO form with a `T`, as templates with `{{ execution_date }}` expect.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pendulum

UTC = pendulum.timezone("UTC")


class DateTime(pendulum.DateTime):
    """A pendulum DateTime whose `format` also takes strftime patterns."""

    def format(self, fmt: str, locale: str | None = None) -> str:
        """Format with a strftime pattern (when there is a `%`) or with pendulum's tokens."""
        return self.strftime(fmt) if "%" in fmt else super().format(fmt, locale=locale)

    def __str__(self) -> str:
        return self.isoformat()


def to_datetime(value: dt.datetime | str) -> DateTime:
    """A context date from a datetime (naive = UTC) or an ISO text."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    # a time that the clock jumps over becomes the one that the wall shows then; pendulum goes back
    value = value.astimezone(dt.UTC).astimezone(value.tzinfo)
    return DateTime.instance(value)  # type: ignore[return-value]


def plain_utc(moment: dt.datetime) -> dt.datetime:
    """The moment in UTC as a datetime of the standard library, whose arithmetic is simpler."""
    m = moment.astimezone(dt.UTC)
    return dt.datetime(*m.timetuple()[:6], m.microsecond, tzinfo=dt.UTC)


def zone_name(zone: dt.tzinfo | None) -> str:
    """The name by which a time zone is stored: an IANA name, or an offset like `+02:00`."""
    if zone is None:
        return "UTC"
    for attribute in ("key", "name", "zone"):
        if isinstance(name := getattr(zone, attribute, None), str):
            return name
    offset = zone.utcoffset(None)
    if not offset:
        return "UTC"
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def zone_of(name: str) -> dt.tzinfo:
    """The time zone of a name that `zone_name` gave; KeyError (ZoneInfoNotFoundError) otherwise."""
    if name[:1] in "+-":
        sign = -1 if name[0] == "-" else 1
        hours, minutes = name[1:].split(":")
        return dt.timezone(sign * dt.timedelta(hours=int(hours), minutes=int(minutes)))
    return ZoneInfo(name)


def days_ago(n: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0) -> Any:
    """Midnight (or the given time) of the day `n` days before today, in UTC."""
    today = dt.datetime.now(dt.UTC)
    moment = today.replace(hour=hour, minute=minute, second=second, microsecond=microsecond)
    return to_datetime(moment - dt.timedelta(days=n))


def words(duration: dt.timedelta) -> str:
    """A duration in words: "10 days", "1 hour 30 minutes"."""
    seconds = duration.total_seconds()
    if seconds < 1:
        return f"{seconds:g} seconds"
    parts = []
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count:.0f} {name}{'s' * (count != 1)}")
    if seconds:
        parts.append(f"{seconds:g} second{'s' * (seconds != 1)}")
    return " ".join(parts)


__all__ = [
    "UTC",
    "DateTime",
    "days_ago",
    "plain_utc",
    "to_datetime",
    "words",
    "zone_name",
    "zone_of",
]
