"""Timetables that ask for one run or for none."""

from __future__ import annotations

import datetime as dt

from couture_operators.timing.base import DagRunInfo, DataInterval


class NoTimetable:
    """Runs only when somebody triggers it."""

    def next_run(
        self,
        last: DataInterval | None,
        *,
        start: dt.datetime | None,
        end: dt.datetime | None,
        catchup: bool,
        now: dt.datetime,
    ) -> DagRunInfo | None:
        """Nothing."""
        return None

    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The moment itself."""
        return DataInterval(run_after, run_after)


class OnceTimetable(NoTimetable):
    """Runs once, at the start date or as soon as it is switched on."""

    def next_run(
        self,
        last: DataInterval | None,
        *,
        start: dt.datetime | None,
        end: dt.datetime | None,
        catchup: bool,
        now: dt.datetime,
    ) -> DagRunInfo | None:
        """The one run, unless there was one before or it would lie behind the end."""
        moment = start or now
        if last is not None or (end is not None and moment > end):
            return None
        return DagRunInfo.covering(moment, moment)
