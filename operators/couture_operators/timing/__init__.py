"""The algorithms of the built-in timetables: which runs a stored schedule asks for.

The scheduler asks them; so does an author's subclass of a built-in timetable, through super().
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from couture_operators.spans import Span
from couture_operators.timing.base import DagRunInfo, DataInterval, Timetable
from couture_operators.timing.listed import (
    ContinuousTimetable,
    CustomTimetable,
    EventsTimetable,
)
from couture_operators.timing.periodic import CronTimetable, IntervalTimetable
from couture_operators.timing.single import NoTimetable, OnceTimetable
from couture_operators.timing.triggers import CronTriggerTimetable, DeltaTriggerTimetable

__all__ = [
    "CustomTimetable",
    "DagRunInfo",
    "DataInterval",
    "Timetable",
    "from_schedule",
]

_MADE: dict[str, Callable[[Mapping[str, Any]], Timetable]] = {
    "none": lambda _: NoTimetable(),
    "once": lambda _: OnceTimetable(),
    "continuous": lambda _: ContinuousTimetable(),
    "assets": lambda _: NoTimetable(),
    "assets_or_time": lambda one: from_schedule(one["time"]),
    "cron": lambda one: CronTimetable(one["cron"], one.get("timezone", "UTC")),
    "cron_trigger": lambda one: CronTriggerTimetable(
        one["crons"],
        one.get("timezone", "UTC"),
        dt.timedelta(seconds=one.get("interval") or 0),
    ),
    "interval": lambda one: IntervalTimetable(Span.from_stored(one)),
    "delta_trigger": lambda one: DeltaTriggerTimetable(
        Span.from_stored(one), dt.timedelta(seconds=one.get("interval") or 0)
    ),
    "events": lambda one: EventsTimetable(one["dates"], restrict=bool(one.get("restrict"))),
    "custom": lambda one: CustomTimetable(one["slots"], makes_all=bool(one.get("all"))),
}


def from_schedule(schedule: Mapping[str, Any]) -> Timetable:
    """The timetable of a serialized schedule (its `type` and what belongs to it)."""
    kind = schedule["type"]
    if kind not in _MADE:
        raise ValueError(f"There is no schedule of type {kind!r}.")
    return _MADE[kind](schedule)
