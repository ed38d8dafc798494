"""What the author writes as a schedule, brought into the one form that is stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from couture_operators import validation
from couture_operators.cron import PRESETS, Cron, CronError
from couture_operators.dates import words


@dataclass(frozen=True)
class Schedule:
    """A checked schedule; `text` is how it was written, for people."""

    type: Literal["none", "once", "interval", "cron"]
    text: str | None = None
    cron: str = ""
    timezone: str = "UTC"
    interval: dt.timedelta = dt.timedelta(0)

    def to_dict(self) -> dict[str, Any]:
        """The stored form: `type` and what belongs to it."""
        if self.type == "cron":
            return {"type": "cron", "cron": self.cron, "timezone": self.timezone}
        if self.type == "interval":
            return {"type": "interval", "seconds": self.interval.total_seconds()}
        return {"type": self.type}

    def following(self, moment: dt.datetime) -> dt.datetime | None:
        """The schedule's next point after a moment, None when it has none."""
        if self.type == "cron":
            return Cron(self.cron, self.timezone).next(moment)
        return moment + self.interval if self.type == "interval" else None

    def previous(self, moment: dt.datetime) -> dt.datetime | None:
        """The schedule's last point before a moment, None when it has none."""
        if self.type == "cron":
            return Cron(self.cron, self.timezone).prev(moment)
        return moment - self.interval if self.type == "interval" else None


def parse_schedule(where: str, value: Any, timezone: str) -> Schedule:
    """Check what was given as `schedule`: None, "@once", a preset, a cron text or a timedelta."""
    if value is None or value == "@none":
        return Schedule("none")
    if value == "@once":
        return Schedule("once", "@once")
    if isinstance(value, dt.timedelta):
        if value < dt.timedelta(seconds=1):
            validation.refuse(
                where, f"the schedule's interval must be 1 second or more, not {value}."
            )
        return Schedule(
            "interval", words(value), interval=dt.timedelta(seconds=value.total_seconds())
        )
    if not isinstance(value, str):
        validation.refuse(
            where,
            "schedule must be None, '@once', a preset such as '@daily', a cron text such as "
            f"'0 2 * * *' or a timedelta, not {value!r}.",
        )
    try:
        Cron(value, timezone)
    except CronError as err:
        validation.refuse(where, str(err))
    return Schedule("cron", value, PRESETS.get(value, value), timezone)
