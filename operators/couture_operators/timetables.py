"""Timetables for authors: what `schedule=` takes beside crons, durations and assets.

Those of Airflow's names are data: the scheduler has timetables of its own for them. An author's own
class, also one derived from those, is asked for its next runs while the DAG file is read, and again
later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from couture_operators import timing
from couture_operators.assets import AssetAll, AssetExpression
from couture_operators.cron import PRESETS
from couture_operators.dates import to_datetime, zone_name
from couture_operators.exceptions import DagDefinitionError
from couture_operators.spans import Span, fixed


class DataInterval(NamedTuple):
    """What a run covers; both ends have a time zone."""

    start: dt.datetime
    end: dt.datetime

    @classmethod
    def exact(cls, at: dt.datetime) -> DataInterval:
        """An interval that is one moment."""
        return cls(at, at)


class TimeRestriction(NamedTuple):
    """What bounds a DAG's runs: its start and end date, and whether past runs are made up for."""

    earliest: dt.datetime | None
    latest: dt.datetime | None
    catchup: bool


class DagRunInfo(NamedTuple):
    """One run: when it starts at the earliest and what it covers."""

    run_after: dt.datetime
    data_interval: DataInterval

    @classmethod
    def exact(cls, at: dt.datetime) -> DagRunInfo:
        """A run at a moment, which is all that it covers."""
        return cls(at, DataInterval.exact(at))

    @classmethod
    def interval(cls, start: dt.datetime, end: dt.datetime) -> DagRunInfo:
        """A run right after the interval that it covers."""
        return cls(end, DataInterval(start, end))

    @property
    def logical_date(self) -> dt.datetime:
        """The start of the interval."""
        return self.data_interval.start


class Timetable:
    """The base of timetables. Subclasses say in `next_dagrun_info` which run is the next."""

    description: str = ""
    periodic: bool = True
    can_be_scheduled: bool = True
    run_ordering: ClassVar[Any] = ("data_interval_end", "execution_date")
    active_runs_limit: int | None = None

    @property
    def summary(self) -> str:
        """The timetable in a few words."""
        return type(self).__name__

    def validate(self) -> None:
        """Raise when the timetable cannot work."""

    def serialize(self) -> dict[str, Any]:
        """Not used here: the timetable itself stays in the DAG file."""
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Timetable:
        """Not used here: the timetable itself stays in the DAG file."""
        return cls(**data)

    def infer_manual_data_interval(self, *, run_after: dt.datetime) -> DataInterval:
        """What a run covers that somebody starts."""
        if (algorithm := self._algorithm()) is None:
            return DataInterval.exact(run_after)
        found = algorithm.manual_interval(to_datetime(run_after))
        return DataInterval(found.start, found.end)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The run after the one that covered this interval, None when there is none."""
        if (algorithm := self._algorithm()) is None:
            raise NotImplementedError(f"{type(self).__name__} has no next_dagrun_info method.")
        last = last_automated_data_interval
        info = algorithm.next_run(
            timing.DataInterval(*map(to_datetime, last)) if last is not None else None,
            start=restriction.earliest,
            end=restriction.latest,
            catchup=restriction.catchup,
            now=dt.datetime.now(dt.UTC),
        )
        if info is None:
            return None
        interval = DataInterval(info.data_interval.start, info.data_interval.end)
        return DagRunInfo(info.run_after, interval)

    def stored(self) -> dict[str, Any] | None:
        """What the scheduler knows this class, or the built-in one it derives from, by."""
        return None

    @property
    def is_own(self) -> bool:
        """Whether an author's code says which runs there are, so that it has to be asked."""
        return self.stored() is None or any(
            getattr(type(self), name) is not getattr(Timetable, name) for name in _ASKED
        )

    def _algorithm(self) -> timing.Timetable | None:
        stored = self.stored()
        return None if stored is None else timing.from_schedule(stored)


#: what an author's class says itself; the built-in ones leave it to their algorithm
_ASKED = ("next_dagrun_info", "infer_manual_data_interval")


class NullTimetable(Timetable):
    """No schedule."""

    can_be_scheduled = False

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        return {"type": "none"}


class OnceTimetable(Timetable):
    """One run."""

    @property
    def summary(self) -> str:
        """@once."""
        return "@once"

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        return {"type": "once"}


class ContinuousTimetable(Timetable):
    """A new run as soon as the one before is over; needs max_active_runs=1."""

    active_runs_limit = 1

    @property
    def summary(self) -> str:
        """@continuous."""
        return "@continuous"

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        return {"type": "continuous"}


class _CronTimetable(Timetable):
    def __init__(self, *crons: str, timezone: Any, interval: Any = dt.timedelta()):
        self.crons = [PRESETS.get(cron, cron) for cron in crons]
        self.timezone = timezone if isinstance(timezone, str) else zone_name(timezone)
        self.interval = fixed(interval)

    @property
    def summary(self) -> str:
        """The cron expressions."""
        return ", ".join(self.crons)


class CronDataIntervalTimetable(_CronTimetable):
    """Runs at the end of each interval between two times of a cron, as `schedule="0 2 * * *"`."""

    def __init__(self, cron: str, timezone: Any = "UTC"):
        super().__init__(cron, timezone=timezone)

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        return {"type": "cron", "cron": self.crons[0], "timezone": self.timezone}


class MultipleCronTriggerTimetable(_CronTimetable):
    """Runs at the times of several crons; each covers `interval` before its time."""

    def __init__(self, *crons: str, timezone: Any, interval: Any = dt.timedelta(), **_: Any):
        if not crons:
            raise DagDefinitionError("MultipleCronTriggerTimetable needs a cron expression.")
        super().__init__(*crons, timezone=timezone, interval=interval)

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "type": "cron_trigger",
            "crons": self.crons,
            "timezone": self.timezone,
            "interval": self.interval.total_seconds(),
        }


class CronTriggerTimetable(MultipleCronTriggerTimetable):
    """Runs at the times of a cron; each covers `interval` before its time, by default nothing."""

    def __init__(self, cron: str, *, timezone: Any, interval: Any = dt.timedelta(), **_: Any):
        super().__init__(cron, timezone=timezone, interval=interval)


class DeltaDataIntervalTimetable(Timetable):
    """Runs every so often, at the end of each interval, as `schedule=timedelta(...)`."""

    def __init__(self, delta: Any):
        self.delta = delta
        self.span = Span.of(delta)

    @property
    def summary(self) -> str:
        """The duration in words."""
        return self.span.words

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        return {"type": "interval", **self.span.stored()}


class DeltaTriggerTimetable(Timetable):
    """Runs every so often; each covers `interval` before its time, by default nothing."""

    def __init__(self, delta: Any, *, interval: Any = dt.timedelta(), **_: Any):
        self.span, self.interval = Span.of(delta), fixed(interval)

    @property
    def summary(self) -> str:
        """The duration in words."""
        return self.span.words

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        interval = self.interval.total_seconds()
        return {"type": "delta_trigger", **self.span.stored(), "interval": interval}


class EventsTimetable(Timetable):
    """Runs at the dates of a list; with `restrict_to_events` manual runs take the last date."""

    periodic = False

    def __init__(
        self,
        event_dates: Iterable[dt.datetime],
        restrict_to_events: bool = False,
        presorted: bool = False,
        description: str | None = None,
    ):
        self.event_dates = sorted({to_datetime(date) for date in event_dates})
        self.restrict_to_events = restrict_to_events
        self.description = description or f"{len(self.event_dates)} events"

    @property
    def summary(self) -> str:
        """The description."""
        return self.description

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        dates = [date.isoformat() for date in self.event_dates]
        return {"type": "events", "dates": dates, "restrict": self.restrict_to_events}


class AssetOrTimeSchedule(Timetable):
    """Runs when assets were updated and at the times of another timetable."""

    def __init__(self, *, timetable: Timetable, assets: Any = None, datasets: Any = None):
        found = assets if assets is not None else datasets
        if found is None:
            raise DagDefinitionError("AssetOrTimeSchedule needs assets.")
        self.timetable = timetable
        self.expression = found if isinstance(found, AssetExpression) else AssetAll(*found)

    @property
    def summary(self) -> str:
        """Both in words."""
        return f"{self.expression} or {self.timetable.summary}"

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        time = self.timetable.stored()
        if time is None or self.timetable.is_own:
            raise DagDefinitionError(
                f"AssetOrTimeSchedule takes one of the timetables that are built in, not "
                f"{type(self.timetable).__name__}."
            )
        return {"type": "assets_or_time", "expression": self.expression.describe(), "time": time}


class AssetTriggeredTimetable(Timetable):
    """Runs when assets were updated, as `schedule=[asset, ...]`."""

    def __init__(self, assets: Any):
        self.expression = assets if isinstance(assets, AssetExpression) else AssetAll(*assets)

    @property
    def summary(self) -> str:
        """The assets."""
        return str(self.expression)

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        return {"type": "assets", "expression": self.expression.describe()}


DatasetTriggeredTimetable = AssetTriggeredTimetable
DatasetOrTimeSchedule = AssetOrTimeSchedule
