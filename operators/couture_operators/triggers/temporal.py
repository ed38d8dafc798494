"""Triggers that wait for a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

from couture_operators.dates import to_datetime
from couture_operators.triggers.base import BaseTrigger, TriggerEvent


class DateTimeTrigger(BaseTrigger):
    """Waits until a moment, which needs a time zone. `end_from_trigger` changes nothing here."""

    def __init__(self, moment: dt.datetime, *, end_from_trigger: bool = False):
        super().__init__()
        if not isinstance(moment, dt.datetime):
            raise TypeError(f"A moment is a datetime, not {moment!r} ({type(moment).__name__}).")
        if moment.tzinfo is None:
            raise ValueError(f"The moment {moment} has no time zone; a trigger needs one.")
        self.moment = to_datetime(moment)
        self.end_from_trigger = end_from_trigger

    @property
    def resume_at(self) -> dt.datetime:
        """The moment itself."""
        return self.moment

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and its moment."""
        return f"{DateTimeTrigger.__module__}.DateTimeTrigger", {
            "moment": self.moment,
            "end_from_trigger": self.end_from_trigger,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Sleep until the moment, for code that awaits a trigger by itself."""
        import asyncio  # the base zygote does without it

        rest = self.moment.timestamp() - dt.datetime.now(dt.UTC).timestamp()
        await asyncio.sleep(max(rest, 0))
        yield TriggerEvent(self.moment)


class TimeDeltaTrigger(DateTimeTrigger):
    """Waits for a time span from now on."""

    def __init__(self, delta: dt.timedelta, *, end_from_trigger: bool = False):
        super().__init__(dt.datetime.now(dt.UTC) + delta, end_from_trigger=end_from_trigger)
