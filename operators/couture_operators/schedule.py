"""What the author writes as a schedule, brought into the one form that is stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from couture_operators import validation
from couture_operators.assets import expression_of
from couture_operators.cron import PRESETS, Cron, CronError
from couture_operators.exceptions import DagDefinitionError
from couture_operators.spans import Span
from couture_operators.timetables import (
    ContinuousTimetable,
    Timetable,
)


@dataclass(frozen=True)
class Schedule:
    """A checked schedule; `text` is how it was written, for people."""

    type: str  #: none, once, interval, cron, or one of those that only `stored` describes
    text: str | None = None
    cron: str = ""
    timezone: str = "UTC"
    interval: Span = Span()
    stored: dict[str, Any] | None = None
    timetable: Timetable | None = None  #: an author's own
    given: Timetable | None = None  #: a built-in one that was written as such

    def to_dict(self) -> dict[str, Any]:
        """The stored form: `type` and what belongs to it."""
        if self.stored is not None:
            return self.stored
        if self.type == "cron":
            return {"type": "cron", "cron": self.cron, "timezone": self.timezone}
        if self.type == "interval":
            return {"type": "interval", **self.interval.stored()}
        return {"type": self.type}

    def following(self, moment: dt.datetime) -> dt.datetime | None:
        """The schedule's next point after a moment, None when it has none."""
        if self.cron:
            return Cron(self.cron, self.timezone).next(moment)
        return self.interval.after(moment) if self.type == "interval" else None

    def previous(self, moment: dt.datetime) -> dt.datetime | None:
        """The schedule's last point before a moment, None when it has none."""
        if self.cron:
            return Cron(self.cron, self.timezone).prev(moment)
        return self.interval.after(moment, -1) if self.type == "interval" else None


def parse_schedule(where: str, value: Any, timezone: str) -> Schedule:
    """Check what was given as `schedule`: None, "@once", a preset, a cron text or a timedelta."""
    if value is None or value == "@none":
        return Schedule("none")
    if value == "@once":
        return Schedule("once", "@once")
    if isinstance(value, dt.timedelta) or type(value).__name__ == "relativedelta":
        return _of_span(where, value)
    if (expression := expression_of(value)) is not None:
        stored = {"type": "assets", "expression": expression.describe()}
        return Schedule("assets", str(expression), stored=stored)
    if value == "@continuous":
        value = ContinuousTimetable()
    if isinstance(value, Timetable):
        return _of_timetable(where, value)
    if not isinstance(value, str):
        validation.refuse(
            where,
            "schedule must be None, '@once', a preset such as '@daily', a cron text such as "
            f"'0 2 * * *', a timedelta, assets or a timetable, not {value!r}.",
        )
    _check_cron(where, value, timezone)
    return Schedule("cron", value, PRESETS.get(value, value), timezone)


def _of_span(where: str, value: Any) -> Schedule:
    try:
        span = Span.of(value)
    except DagDefinitionError as err:
        validation.refuse(where, str(err))
    return Schedule("interval", span.words, interval=span)


def _check_cron(where: str, cron: str, timezone: str) -> None:
    try:
        Cron(cron, timezone)
    except CronError as err:
        validation.refuse(where, str(err))


def _of_timetable(where: str, timetable: Timetable) -> Schedule:
    stored = timetable.stored()
    if stored is None or timetable.is_own:
        return Schedule("custom", timetable.summary, timetable=timetable)
    kind = stored["type"]
    crons = [stored["cron"]] if kind == "cron" else stored.get("crons", [])
    zone = stored.get("timezone", "UTC")
    for cron in crons:
        _check_cron(where, cron, zone)
    return Schedule(
        kind,
        None if kind == "none" else timetable.summary,
        cron=crons[0] if crons else "",
        timezone=zone,
        interval=Span.from_stored(stored) if kind == "interval" else Span(),
        stored=stored,
        given=timetable,
    )
