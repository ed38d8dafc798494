"""Helpers for dates, under the names of `airflow.utils.dates`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from couture_operators.compat import timezone
from couture_operators.cron import PRESETS, Cron
from couture_operators.dates import DateTime, days_ago, to_datetime, zone_name

cron_presets: dict[str, str | None] = {**PRESETS, "@once": None, "@continuous": None}
TimeUnit = Literal["days", "hours", "minutes", "seconds"]
_UNITS = (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0))


def date_range(
    start_date: dt.datetime,
    end_date: dt.datetime | None = None,
    num: int | None = None,
    delta: str | dt.timedelta | None = None,
) -> list[dt.datetime]:
    """The points of a schedule (a cron text or a timedelta) from one date on.

    Up to `end_date`, or `num` of them, backwards when `num` is below 0.
    """
    if not delta:
        return []
    if end_date and num is not None:
        raise ValueError("date_range takes end_date or num, not both.")
    step = _Steps(delta, start_date)
    last = end_date or (None if num is not None else timezone.utcnow())
    points: list[dt.datetime] = []
    point = step.first(start_date)
    while (len(points) < abs(num)) if num is not None else (last is not None and point <= last):
        points.append(point)
        point = step.before(point) if num is not None and num < 0 else step.after(point)
    return sorted(points)


class _Steps:
    def __init__(self, delta: str | dt.timedelta, start: dt.datetime):
        self.span = delta if isinstance(delta, dt.timedelta) else None
        text = PRESETS.get(delta, delta) if isinstance(delta, str) else ""
        self.cron = None if self.span is not None else Cron(text, zone_name(start.tzinfo))

    def first(self, start: dt.datetime) -> dt.datetime:
        aware = to_datetime(start)
        if self.cron is None:
            return aware
        return to_datetime(self.cron.next(aware - dt.timedelta(microseconds=1)) or aware)

    def after(self, point: dt.datetime) -> dt.datetime:
        if self.span is not None:
            return point + self.span
        found = self.cron.next(point) if self.cron else None
        return to_datetime(found) if found else to_datetime(dt.datetime.max)

    def before(self, point: dt.datetime) -> dt.datetime:
        if self.span is not None:
            return point - self.span
        found = self.cron.prev(point) if self.cron else None
        return to_datetime(found) if found else to_datetime(dt.datetime.min)


def round_time(
    value: dt.datetime, delta: dt.timedelta, start_date: dt.datetime | None = None
) -> dt.datetime:
    """The multiple of a time span after `start_date` (1970) that is nearest to a datetime."""
    origin = start_date or dt.datetime(1970, 1, 1, tzinfo=value.tzinfo)
    return origin + round((value - origin) / delta) * delta


def infer_time_unit(time_seconds_arr: Sequence[float]) -> str:
    """The unit that suits durations in seconds: hours, minutes, seconds or days."""
    longest = max(time_seconds_arr, default=0)
    if longest <= 120:
        return "seconds"
    if longest <= 7200:
        return "minutes"
    return "hours" if longest <= 172800 else "days"


def scale_time_units(time_seconds_arr: Sequence[float], unit: str) -> Sequence[float]:
    """Durations in seconds as durations in a unit."""
    size = dict(_UNITS).get(unit, 1.0)
    return [value / size for value in time_seconds_arr]


def parse_execution_date(execution_date_str: str) -> DateTime:
    """The datetime of a text."""
    return timezone.parse(execution_date_str)


def datetime_to_nano(datetime: Any) -> int | None:
    """The Unix time in nanoseconds."""
    return int(to_datetime(datetime).timestamp() * 1_000_000_000) if datetime else None


__all__ = [
    "TimeUnit",
    "cron_presets",
    "date_range",
    "datetime_to_nano",
    "days_ago",
    "infer_time_unit",
    "parse_execution_date",
    "round_time",
    "scale_time_units",
    "timezone",
]
