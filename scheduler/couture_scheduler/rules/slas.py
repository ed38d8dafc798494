"""Task SLAs: by when a task of a scheduled run has to be done. Pure.

As in Airflow 1.10: measured from the end of the run's data interval, in scheduled runs only; a task
that has succeeded or was skipped by then has kept it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import RunType, TaskState

_KEPT = frozenset({TaskState.SUCCESS, TaskState.SKIPPED, TaskState.REMOVED})
_LONGEST = 3650 * 86400.0  #: seconds; a longer one would lead out of the calendar


def agreed(plan: Plan) -> dict[str, float]:
    """Return the SLAs of a DAG's tasks, in seconds."""
    found = {name: task.data.get("sla") for name, task in plan.tasks.items()}
    return {name: min(sla, _LONGEST) for name, sla in found.items() if sla is not None}


def has_slas(plan: Plan, run_type: str, interval_end: datetime | None) -> bool:
    """Say whether a run can miss an SLA."""
    return run_type == RunType.SCHEDULED and interval_end is not None and bool(agreed(plan))


def due_times(plan: Plan, interval_end: datetime) -> dict[str, datetime]:
    """Return by when each task with an SLA has to be done."""
    return {name: interval_end + timedelta(seconds=sla) for name, sla in agreed(plan).items()}


def open_slas(due: Mapping[str, datetime], states: Mapping[str, list[str]]) -> dict[str, datetime]:
    """Return those of the times whose task is not done yet.

    Args:
        states: of each task's instances; a mapped task is done when all are.
    """
    return {
        name: moment
        for name, moment in due.items()
        if not all(state in _KEPT for state in states.get(name, [])) or not states.get(name)
    }
