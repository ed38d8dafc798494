"""When a DAG runs: its timetable, and the runs that this names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from couture_operators.dates import DateTime, to_datetime
from couture_operators.schedule import Schedule
from couture_operators.timetables import (
    CronDataIntervalTimetable,
    DagRunInfo,
    DataInterval,
    DeltaDataIntervalTimetable,
    NullTimetable,
    OnceTimetable,
    TimeRestriction,
    Timetable,
)

_PERIODIC = ("cron", "cron_trigger", "interval")


class DagCalendar:
    """What a DAG can be asked of its schedule; nothing here looks at runs that exist."""

    schedule: Schedule
    start_date: dt.datetime | None
    end_date: dt.datetime | None
    catchup: bool | None

    @property
    def timetable(self) -> Timetable:
        """The timetable that the schedule stands for."""
        return _timetable_of(self.schedule)

    @property
    def schedule_interval(self) -> str | None:
        """The schedule as it was written."""
        return self.schedule.text

    def following_schedule(self, moment: dt.datetime) -> dt.datetime | None:
        """The schedule's next point after a moment."""
        return self.schedule.following(moment)

    def previous_schedule(self, moment: dt.datetime) -> dt.datetime | None:
        """The schedule's last point before a moment."""
        return self.schedule.previous(moment)

    def next_dagrun_info(
        self,
        last_automated_dagrun: dt.datetime | DataInterval | None,
        *,
        restricted: bool = True,
    ) -> DagRunInfo | None:
        """The run after the one that covered this interval (or has this logical date).

        Without `restricted` the DAG's own start_date, end_date and catchup do not count.
        """
        last = last_automated_dagrun
        if isinstance(last, dt.datetime):
            last = DataInterval(last, self.schedule.following(last) or last)
        limits = TimeRestriction(None, None, catchup=True)
        if restricted:
            limits = TimeRestriction(self.start_date, self.end_date, bool(self.catchup))
        if last is None and limits.earliest is None and self.schedule.type in _PERIODIC:
            return None  # as in Airflow, which has no first point then
        return self.timetable.next_dagrun_info(
            last_automated_data_interval=last, restriction=limits
        )

    def iter_dagrun_infos_between(
        self, earliest: dt.datetime | None, latest: dt.datetime, *, align: bool = True
    ) -> Iterator[DagRunInfo]:
        """The runs whose logical dates lie between two moments, both included.

        Without `align` there is one at `earliest` too, where the schedule has none there.
        """
        begin = earliest or self.start_date
        if begin is None:
            raise ValueError("earliest is needed, because the DAG has no start_date.")
        begin, end = to_datetime(begin), to_datetime(latest)
        limits = TimeRestriction(begin, end, catchup=True)
        timetable = self.timetable
        info = timetable.next_dagrun_info(last_automated_data_interval=None, restriction=limits)
        if not align and (info is None or info.logical_date != begin):
            yield DagRunInfo.interval(begin, info.data_interval.start if info else end)
        while info is not None and info.logical_date <= end:
            yield info
            info = timetable.next_dagrun_info(
                last_automated_data_interval=info.data_interval, restriction=limits
            )

    def get_run_dates(
        self, start_date: dt.datetime, end_date: dt.datetime | None = None
    ) -> list[DateTime]:
        """The logical dates of the schedule between two moments; default of the second: now."""
        until = end_date or dt.datetime.now(dt.UTC)
        found = self.iter_dagrun_infos_between(start_date, until)
        return [to_datetime(info.logical_date) for info in found]

    def date_range(
        self, start_date: dt.datetime, num: int | None = None, end_date: dt.datetime | None = None
    ) -> list[DateTime]:
        """The schedule's points from a moment to another (default: now), or `num` of them."""
        if num is None:
            until = end_date or dt.datetime.now(dt.UTC)
            found = self.iter_dagrun_infos_between(start_date, until, align=False)
            return [to_datetime(info.logical_date) for info in found]
        dates, moment = [], to_datetime(start_date)
        step = self.schedule.following if num >= 0 else self.schedule.previous
        while len(dates) < abs(num) and (following := step(moment)) is not None:
            dates.append(moment)
            moment = to_datetime(following)
        return sorted(dates)


class _AssetTimetable(NullTimetable):
    """Runs when assets are updated: no moment is known in advance."""

    can_be_scheduled = True


def _timetable_of(schedule: Schedule) -> Timetable:
    if (given := schedule.timetable or schedule.given) is not None:
        return given
    if schedule.type == "cron":
        return CronDataIntervalTimetable(schedule.cron, schedule.timezone)
    if schedule.type == "interval":
        return DeltaDataIntervalTimetable(schedule.interval)
    kinds = {"once": OnceTimetable, "assets": _AssetTimetable}
    return kinds.get(schedule.type, NullTimetable)()
