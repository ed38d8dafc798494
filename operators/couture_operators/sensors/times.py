"""Sensors that wait for a time of day, a moment or a time after the run's interval.

The Async forms, and `deferrable=True` of the others, hold no process while they wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from couture_operators import validation
from couture_operators.context import Context
from couture_operators.dates import to_datetime, zone_of
from couture_operators.sensors import waiting
from couture_operators.sensors.base import BaseSensorOperator


class MomentSensor(BaseSensorOperator):
    """Waits until the moment that `target(context)` gives."""

    def __init__(self, *, end_from_trigger: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.end_from_trigger = end_from_trigger

    def target(self, context: Context) -> dt.datetime:
        """The moment to wait for."""
        raise NotImplementedError

    def poke(self, context: Context) -> bool:
        """Whether the moment is over."""
        moment = self.target(context)
        self.log.info("Waiting for %s.", moment.isoformat())
        return waiting.now() > moment

    def execute(self, context: Context) -> Any:
        """Wait for the moment; in one deferral when deferrable."""
        if not self.deferrable:
            return super().execute(context)
        moment = self.target(context)
        if waiting.now() <= moment:
            self._defer_to(moment, "execute_complete")
        return None

    def execute_complete(self, context: Context, event: Any = None) -> None:
        """Called when the moment has come."""


def _without_trigger(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments of Airflow's deferrable sensors that say how they defer: all do it in one way."""
    return {k: v for k, v in kwargs.items() if k not in ("start_from_trigger", "trigger_kwargs")}


class TimeSensor(MomentSensor):
    """Waits until a time of day, in the DAG's time zone."""

    def __init__(self, *, target_time: dt.time, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(target_time, dt.time):
            validation.refuse(
                self._sentence_name, f"target_time must be a time, not {target_time!r}."
            )
        self.target_time = target_time

    def target(self, context: Context) -> dt.datetime:
        """The time, today."""
        zone = self.target_time.tzinfo or zone_of(self.dag.timezone)
        today = waiting.now().astimezone(zone).date()
        return dt.datetime.combine(today, self.target_time.replace(tzinfo=None), zone)


class TimeSensorAsync(TimeSensor):
    """TimeSensor that holds no process while it waits."""

    def __init__(self, **kwargs: Any):
        super().__init__(**_without_trigger(kwargs))
        self.deferrable = True


class TimeDeltaSensor(MomentSensor):
    """Waits until some time after the end of the run's data interval."""

    def __init__(self, *, delta: dt.timedelta, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(delta, dt.timedelta):
            validation.refuse(self._sentence_name, f"delta must be a timedelta, not {delta!r}.")
        self.delta = delta

    def target(self, context: Context) -> dt.datetime:
        """The end of the data interval and the delta."""
        return context["data_interval_end"] + self.delta


class TimeDeltaSensorAsync(TimeDeltaSensor):
    """TimeDeltaSensor that holds no process while it waits."""

    def __init__(self, **kwargs: Any):
        super().__init__(**_without_trigger(kwargs))
        self.deferrable = True


class WaitSensor(BaseSensorOperator):
    """Waits for some time from the task's own start on."""

    def __init__(self, *, time_to_wait: dt.timedelta | float, **kwargs: Any):
        super().__init__(**kwargs)
        span = validation.duration(self._sentence_name, "time_to_wait", time_to_wait)
        self.time_to_wait = span or dt.timedelta()

    def execute(self, context: Context) -> None:
        """Sleep, or give the process back until the time is over."""
        if self.deferrable:
            self._defer_to(waiting.now() + self.time_to_wait, "execute_complete")
        waiting.sleep(self.time_to_wait.total_seconds())

    def execute_complete(self, context: Context, event: Any = None) -> None:
        """Called when the time is over."""


class DateTimeSensor(MomentSensor):
    """Waits until a moment, given as a datetime or as a template of an ISO text."""

    template_fields: Sequence[str] = ("target_time",)

    def __init__(self, *, target_time: str | dt.datetime, **kwargs: Any):
        super().__init__(**kwargs)
        is_moment = isinstance(target_time, dt.datetime)
        self.target_time: Any = target_time.isoformat() if is_moment else target_time

    def target(self, context: Context) -> dt.datetime:
        """The rendered moment; without a zone it is UTC."""
        return to_datetime(self.target_time)


class DateTimeSensorAsync(DateTimeSensor):
    """DateTimeSensor that holds no process while it waits."""

    def __init__(self, **kwargs: Any):
        super().__init__(**_without_trigger(kwargs))
        self.deferrable = True
