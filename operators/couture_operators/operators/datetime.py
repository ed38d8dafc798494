"""Branches that are chosen by the time or by the day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from couture_operators import validation
from couture_operators.context import Context
from couture_operators.dates import zone_of
from couture_operators.operators.branch import BaseBranchOperator
from couture_operators.operators.weekday import WeekDay
from couture_operators.sensors import waiting

Target = dt.datetime | dt.time | None


class BranchDateTimeOperator(BaseBranchOperator):
    """Follow one branch between two moments or times of day, another one outside of them.

    Compared is the present, or the run's logical date with `use_task_logical_date`. Targets without
    a time zone are in the DAG's. An upper time before the lower one lies on the next day.
    """

    def __init__(
        self,
        *,
        follow_task_ids_if_true: Any,
        follow_task_ids_if_false: Any,
        target_lower: Target,
        target_upper: Target,
        use_task_logical_date: bool = False,
        use_task_execution_date: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if target_lower is None and target_upper is None:
            validation.refuse(self._sentence_name, "state target_lower, target_upper or both.")
        self.target_lower, self.target_upper = target_lower, target_upper
        self.follow_task_ids_if_true = follow_task_ids_if_true
        self.follow_task_ids_if_false = follow_task_ids_if_false
        self.use_task_logical_date = use_task_logical_date or use_task_execution_date

    def choose_branch(self, context: Context) -> Any:
        """The branch for the present or the logical date."""
        moment = context["logical_date"] if self.use_task_logical_date else waiting.now()
        lower, upper = self._bounds(moment)
        outside = (upper is not None and upper < moment) or (lower is not None and lower > moment)
        return self.follow_task_ids_if_false if outside else self.follow_task_ids_if_true

    def _bounds(self, moment: dt.datetime) -> tuple[dt.datetime | None, dt.datetime | None]:
        both = self.target_lower, self.target_upper
        lower, upper = (self._aware(target, moment) for target in both)
        of_day = any(isinstance(target, dt.time) for target in both)
        if of_day and lower is not None and upper is not None and upper < lower:
            upper += dt.timedelta(days=1)
        return lower, upper

    def _aware(self, target: Target, moment: dt.datetime) -> dt.datetime | None:
        if isinstance(target, dt.time):
            target = dt.datetime.combine(moment.date(), target)
        if target is None or target.tzinfo is not None:
            return target
        return target.replace(tzinfo=zone_of(self.dag.timezone))


class BranchDayOfWeekOperator(BaseBranchOperator):
    """Follow one branch on certain days of the week, another one on the others (UTC)."""

    def __init__(
        self,
        *,
        follow_task_ids_if_true: Any,
        follow_task_ids_if_false: Any,
        week_day: Any,
        use_task_logical_date: bool = False,
        use_task_execution_day: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.follow_task_ids_if_true = follow_task_ids_if_true
        self.follow_task_ids_if_false = follow_task_ids_if_false
        self.week_day = week_day
        self.use_task_logical_date = use_task_logical_date or use_task_execution_day
        self._numbers = WeekDay.validate_week_day(week_day)

    def choose_branch(self, context: Context) -> Any:
        """The branch for today or for the logical date's day."""
        moment = context["logical_date"] if self.use_task_logical_date else waiting.now()
        is_day = moment.isoweekday() in self._numbers
        return self.follow_task_ids_if_true if is_day else self.follow_task_ids_if_false
