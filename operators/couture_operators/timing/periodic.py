"""Timetables that repeat: cron expressions and fixed intervals."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod

from couture_operators.cron import Cron
from couture_operators.dates import plain_utc
from couture_operators.spans import Span
from couture_operators.timing.base import DagRunInfo, DataInterval


class Grid(ABC):
    """Points in time without end; two neighbours bound a data interval."""

    @abstractmethod
    def next(self, moment: dt.datetime) -> dt.datetime:
        """The first point later than a moment."""

    @abstractmethod
    def prev(self, moment: dt.datetime) -> dt.datetime:
        """The last point earlier than a moment."""

    def at_or_after(self, moment: dt.datetime) -> dt.datetime:
        """The first point that is not earlier than a moment."""
        return self.next(self.prev(moment))

    def at_or_before(self, moment: dt.datetime) -> dt.datetime:
        """The last point that is not later than a moment."""
        return self.prev(self.next(moment))


class CronGrid(Grid):
    """The times of a cron expression."""

    def __init__(self, expression: str, timezone: str):
        self._cron = Cron(expression, timezone)

    def next(self, moment: dt.datetime) -> dt.datetime:
        """The first time later than a moment."""
        return self._cron.next(moment)

    def prev(self, moment: dt.datetime) -> dt.datetime:
        """The last time earlier than a moment."""
        return self._cron.prev(moment)


class EvenGrid(Grid):
    """Points at a fixed distance, one of them at the anchor."""

    def __init__(self, anchor: dt.datetime, step: dt.timedelta):
        self._anchor, self._step = anchor, step

    def next(self, moment: dt.datetime) -> dt.datetime:
        """The first point later than a moment."""
        return self._anchor + ((plain_utc(moment) - self._anchor) // self._step + 1) * self._step

    def prev(self, moment: dt.datetime) -> dt.datetime:
        """The last point earlier than a moment."""
        return self._anchor - ((self._anchor - plain_utc(moment)) // self._step + 1) * self._step


class CalendarGrid(Grid):
    """Points that lie a span with months apart, one of them at the anchor."""

    def __init__(self, anchor: dt.datetime, span: Span):
        self._anchor, self._span = anchor, span

    def next(self, moment: dt.datetime) -> dt.datetime:
        """The first point later than a moment."""
        moment = plain_utc(moment)
        count = self._about(moment)
        while self._at(count) > moment:
            count -= 1
        while self._at(count) <= moment:
            count += 1
        return self._at(count)

    def prev(self, moment: dt.datetime) -> dt.datetime:
        """The last point earlier than a moment."""
        moment = plain_utc(moment)
        count = self._about(moment)
        while self._at(count) < moment:
            count += 1
        while self._at(count) >= moment:
            count -= 1
        return self._at(count)

    def _about(self, moment: dt.datetime) -> int:
        return (moment - self._anchor) // self._span.average

    def _at(self, count: int) -> dt.datetime:
        return self._span.after(self._anchor, count)


class PeriodicTimetable(ABC):
    """What cron and interval schedules share: runs that follow each other without gap or overlap."""

    @abstractmethod
    def grid(self, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> Grid:
        """The points of the schedule for a DAG that starts there and has run until `end`, if ever."""

    @abstractmethod
    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The interval of a run that somebody triggers at this moment."""

    def next_run(
        self,
        last: DataInterval | None,
        *,
        start: dt.datetime | None,
        end: dt.datetime | None,
        catchup: bool,
        now: dt.datetime,
    ) -> DagRunInfo | None:
        """See Timetable."""
        grid = self.grid(start, last.end if last else None, now)
        candidates = [_after(grid, last)] if last else []
        if start is not None:
            candidates.append(grid.at_or_after(start))
        if not candidates:
            candidates.append(grid.at_or_before(now))
        elif not catchup:
            candidates.append(grid.prev(grid.at_or_before(now)))
        begin = max(candidates)
        if end is not None and begin > end:
            return None
        return DagRunInfo.covering(begin, grid.next(begin))


def _after(grid: Grid, last: DataInterval) -> dt.datetime:
    """Where the interval after `last` begins; off the grid only when the schedule was changed."""
    begin = grid.at_or_before(last.end)
    return begin if begin > last.start else grid.next(begin)


class CronTimetable(PeriodicTimetable):
    """Runs at the times of a cron expression."""

    def __init__(self, expression: str, timezone: str):
        self._grid = CronGrid(expression, timezone)

    def grid(self, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> Grid:
        """The cron's times, whatever the start."""
        return self._grid

    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The latest interval that is over at that moment."""
        end = self._grid.at_or_before(run_after)
        return DataInterval(self._grid.prev(end), end)


class IntervalTimetable(PeriodicTimetable):
    """Runs at a distance from each other, counted from the start date."""

    def __init__(self, span: Span):
        self._span = span

    def grid(self, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> Grid:
        """Points counted from the start date; spans with months from one run to the next."""
        return grid_of(self._span, start, end, now)

    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The period that ends at that moment."""
        return DataInterval(self._span.after(run_after, -1), run_after)


def grid_of(
    span: Span, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime
) -> Grid:
    """The points of a span. As in Airflow, months are counted on from the last run's end."""
    if span.months:
        return CalendarGrid(plain_utc(end or start or now), span)
    return EvenGrid(plain_utc(start or end or now), span.rest)
