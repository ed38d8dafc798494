"""dagrun_timeout: a run that runs too long fails, and what it had not ended is skipped."""

from datetime import datetime, timedelta
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import TaskState
from couture_scheduler.store import attempts, runs


def deadline(plan: Plan, run: Any) -> datetime | None:
    """Return when a running run has to be over; None = it may take its time."""
    limit = plan.data.get("dagrun_timeout")
    if limit is None or run.start_date is None:
        return None
    return run.start_date + timedelta(seconds=limit)


def time_out(tx: Tx, plan: Plan, run: Any, actor: str) -> bool:
    """Skip what has not ended; say whether an agent has to end live attempts."""
    limit = plan.data["dagrun_timeout"]
    why = f"The run took longer than its dagrun_timeout of {limit:g} s."
    return attempts.end_rest(tx, run, runs.list_tis(tx, run.id), TaskState.SKIPPED, why, actor)
