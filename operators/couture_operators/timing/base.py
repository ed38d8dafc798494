"""Timetables: from a schedule to the runs that it asks for.

Pure: no session, no clock, no I/O; `now` is handed in. Airflow's semantics: a run covers a data
interval, is named by the interval's start (its logical date) and may start at the interval's end.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from couture_operators.dates import plain_utc


@dataclass(frozen=True)
class DataInterval:
    """The period that a run covers."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class DagRunInfo:
    """A run that the schedule asks for."""

    data_interval: DataInterval
    run_after: dt.datetime
    logical_date: dt.datetime

    @classmethod
    def covering(cls, start: dt.datetime, end: dt.datetime) -> DagRunInfo:
        """The scheduled run of an interval: named by its start, due at its end. Dates in UTC."""
        start, end = plain_utc(start), plain_utc(end)
        return cls(DataInterval(start, end), run_after=end, logical_date=start)


class Timetable(Protocol):
    """What the scheduler asks a schedule."""

    def next_run(
        self,
        last: DataInterval | None,
        *,
        start: dt.datetime | None,
        end: dt.datetime | None,
        catchup: bool,
        now: dt.datetime,
    ) -> DagRunInfo | None:
        """The run after the one that covered `last`, None when no further one is asked for.

        `start` and `end` bound the logical dates. Without catchup the intervals that are over are
        skipped, except the latest. Without a `start` the first run is the one due next after `now`;
        the caller keeps that answer until the run is due, since a later `now` gives a later one.
        """
        ...

    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The interval of a run that somebody triggers at this moment."""
        ...
