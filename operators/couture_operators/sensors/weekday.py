"""A sensor that waits for a day of the week."""

from __future__ import annotations

from typing import Any

from couture_operators.context import Context
from couture_operators.operators.weekday import WeekDay
from couture_operators.sensors import waiting
from couture_operators.sensors.base import BaseSensorOperator


class DayOfWeekSensor(BaseSensorOperator):
    """Waits until it is one of the days (UTC), or looks at the logical date's day instead."""

    def __init__(
        self,
        *,
        week_day: Any,
        use_task_logical_date: bool = False,
        use_task_execution_day: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.week_day = week_day
        self.use_task_logical_date = use_task_logical_date or use_task_execution_day
        self._numbers = WeekDay.validate_week_day(week_day)

    def poke(self, context: Context) -> bool:
        """Whether the day is one of the days."""
        moment = context["logical_date"] if self.use_task_logical_date else waiting.now()
        return moment.isoweekday() in self._numbers


WeekdaySensor = DayOfWeekSensor
