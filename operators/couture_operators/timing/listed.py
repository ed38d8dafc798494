"""Timetables whose runs are listed one by one: given dates, and what an author's own code said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from couture_operators.dates import plain_utc
from couture_operators.timing.base import DagRunInfo, DataInterval


class ListedTimetable:
    """Runs that are known one by one.

    Args:
        runs: in the order in which they are to be made.
        has_more: whether whoever made the list would go on after its end.
    """

    def __init__(self, runs: Sequence[DagRunInfo], *, has_more: bool = False):
        self.runs = list(runs)
        self.has_more = has_more

    def next_run(
        self,
        last: DataInterval | None,
        *,
        start: dt.datetime | None,
        end: dt.datetime | None,
        catchup: bool,
        now: dt.datetime,
    ) -> DagRunInfo | None:
        """See Timetable; without catchup the latest of those that are over is the next one."""
        left = list(self._after(last, start, end))
        over = [one for one in left if one.run_after <= now]
        if over and not catchup:
            return over[-1]
        return left[0] if left else None

    def _after(
        self, last: DataInterval | None, start: dt.datetime | None, end: dt.datetime | None
    ) -> Iterator[DagRunInfo]:
        for one in self.runs:
            date = one.logical_date
            is_new = last is None or (one.data_interval.end, date) > (last.end, last.start)
            if is_new and (start is None or date >= start) and (end is None or date <= end):
                yield one

    def left_after(self, last: DataInterval | None) -> int:
        """How many runs are known after the one that covered `last`."""
        return sum(1 for _ in self._after(last, None, None))

    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The moment itself."""
        return DataInterval(run_after, run_after)


class EventsTimetable(ListedTimetable):
    """Runs at given dates; those that are past when the DAG is switched on run with catchup only."""

    def __init__(self, dates: Sequence[str], *, restrict: bool = False):
        self._dates = sorted({plain_utc(dt.datetime.fromisoformat(text)) for text in dates})
        self._restrict = restrict
        super().__init__([DagRunInfo.covering(one, one) for one in self._dates])

    def next_run(
        self,
        last: DataInterval | None,
        *,
        start: dt.datetime | None,
        end: dt.datetime | None,
        catchup: bool,
        now: dt.datetime,
    ) -> DagRunInfo | None:
        """The next date; without catchup one that is not past."""
        earliest = start if catchup or (start is not None and start > now) else now
        return next(self._after(last, earliest, end), None)

    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The moment itself, or where runs are restricted to the dates the latest one before it."""
        if not self._restrict or not self._dates:
            return DataInterval(run_after, run_after)
        past = [one for one in self._dates if one <= run_after]
        moment = past[-1] if past else self._dates[0]
        return DataInterval(moment, moment)


class CustomTimetable(ListedTimetable):
    """What an author's own timetable said when it was asked last.

    Args:
        slots: {"start", "end", "run_after"} in ISO form.
        makes_all: whether past ones are made up for without catchup too, as the timetable says.
    """

    def __init__(self, slots: Sequence[Mapping[str, Any]], *, makes_all: bool = False):
        super().__init__([_slot(one) for one in slots], has_more=True)
        self._makes_all = makes_all

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
        catchup = catchup or self._makes_all
        return super().next_run(last, start=start, end=end, catchup=catchup, now=now)


class ContinuousTimetable:
    """One run after the other, each from the end of the one before until it is made."""

    def next_run(
        self,
        last: DataInterval | None,
        *,
        start: dt.datetime | None,
        end: dt.datetime | None,
        catchup: bool,
        now: dt.datetime,
    ) -> DagRunInfo | None:
        """The run that begins now, or at the start date; none without a start date."""
        if last is None and start is None:
            return None
        begin = last.end if last is not None else start
        assert begin is not None
        until = max(now, begin + dt.timedelta(microseconds=1))
        if end is not None and until > end:
            return None
        return DagRunInfo.covering(begin, until)

    def manual_interval(self, run_after: dt.datetime) -> DataInterval:
        """The moment itself."""
        return DataInterval(run_after, run_after)


def _slot(slot: Mapping[str, Any]) -> DagRunInfo:
    start, end, due = (
        plain_utc(dt.datetime.fromisoformat(slot[name])) for name in ("start", "end", "run_after")
    )
    return DagRunInfo(DataInterval(start, end), run_after=due, logical_date=start)
