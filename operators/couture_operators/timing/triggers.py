"""Runs at points in time, which cover no interval or one of a fixed length."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence

from couture_operators.dates import plain_utc
from couture_operators.spans import Span
from couture_operators.timing.base import DagRunInfo, DataInterval
from couture_operators.timing.periodic import CronGrid, Grid, grid_of


class UnionGrid(Grid):
    """The points of several grids."""

    def __init__(self, grids: Sequence[Grid]):
        self._grids = list(grids)

    def next(self, moment: dt.datetime) -> dt.datetime:
        """The first point later than a moment."""
        return min(grid.next(moment) for grid in self._grids)

    def prev(self, moment: dt.datetime) -> dt.datetime:
        """The last point earlier than a moment."""
        return max(grid.prev(moment) for grid in self._grids)


class TriggerTimetable(ABC):
    """Runs at the points of a grid.

    Args:
        interval: how far before its time the interval of a run begins.
    """

    def __init__(self, interval: dt.timedelta):
        self._interval = interval

    @abstractmethod
    def grid(self, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> Grid:
        """The points for a DAG that starts there and whose last run was at `end`, if ever."""

    def next_run(
        self,
        last: DataInterval | None,
        *,
        start: dt.datetime | None,
        end: dt.datetime | None,
        catchup: bool,
        now: dt.datetime,
    ) -> DagRunInfo | None:
        """See Timetable; here the bounds and the past are those of the times themselves."""
        grid = self.grid(start, last.end if last is not None else None, now)
        candidates = [grid.next(last.end)] if last is not None else []
        if start is not None and (last is None or not catchup):
            candidates.append(grid.at_or_after(start))
        if not catchup:
            candidates.append(grid.at_or_before(now))
        elif not candidates:
            candidates.append(grid.next(now))
        moment = max(candidates)
        if end is not None and moment > end:
            return None
        return self._at(moment)

    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The interval that ends at the moment."""
        return DataInterval(run_after - self._interval, run_after)

    def _at(self, moment: dt.datetime) -> DagRunInfo:
        end = plain_utc(moment)
        return DagRunInfo.covering(end - self._interval, end)


class CronTriggerTimetable(TriggerTimetable):
    """Runs at the times of crons (Airflow's CronTriggerTimetable and MultipleCronTriggerTimetable)."""

    def __init__(self, crons: Sequence[str], timezone: str, interval: dt.timedelta):
        super().__init__(interval)
        self._grid = UnionGrid([CronGrid(one, timezone) for one in crons])

    def grid(self, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> Grid:
        """The crons' times, whatever the start."""
        return self._grid


class DeltaTriggerTimetable(TriggerTimetable):
    """Runs a span after each other (Airflow's DeltaTriggerTimetable)."""

    def __init__(self, span: Span, interval: dt.timedelta):
        super().__init__(interval)
        self._span = span

    def grid(self, start: dt.datetime | None, end: dt.datetime | None, now: dt.datetime) -> Grid:
        """Points counted from the start date."""
        return grid_of(self._span, start, end, now)
