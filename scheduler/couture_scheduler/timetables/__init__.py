"""Timetables: which runs a schedule asks for, and the schedule in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from couture_operators.cron import describe as describe_cron
from couture_operators.dates import words
from couture_scheduler.timetables.base import DagRunInfo, DataInterval, Timetable
from couture_scheduler.timetables.periodic import CronTimetable, IntervalTimetable
from couture_scheduler.timetables.single import NoTimetable, OnceTimetable

__all__ = ["DagRunInfo", "DataInterval", "Timetable", "describe", "from_schedule"]


def from_schedule(schedule: dict[str, Any]) -> Timetable:
    """The timetable of a serialized schedule (its `type` and what belongs to it)."""
    kind = schedule["type"]
    if kind == "cron":
        return CronTimetable(schedule["cron"], schedule.get("timezone", "UTC"))
    if kind == "interval":
        return IntervalTimetable(dt.timedelta(seconds=schedule["seconds"]))
    if kind == "once":
        return OnceTimetable()
    if kind == "none":
        return NoTimetable()
    raise ValueError(f"There is no schedule of type {kind!r}.")


def describe(schedule: dict[str, Any]) -> str:
    """The schedule in words, with the time zone where it is not UTC."""
    kind = schedule["type"]
    if kind == "cron":
        zone = schedule.get("timezone", "UTC")
        return describe_cron(schedule["cron"]) + ("" if zone == "UTC" else f" ({zone})")
    if kind == "interval":
        step = words(dt.timedelta(seconds=schedule["seconds"]))
        alone = step.startswith("1 ") and step.count(" ") == 1
        return f"every {step[2:] if alone else step}"
    return {"once": "once", "none": "only when triggered"}[kind]
