"""Have task instances run again: what people, tasks and backfills ask for alike."""

from collections.abc import Sequence
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.plans import Plans
from couture_scheduler.states import LIVE, RUN_FINISHED, RunState, TaskState
from couture_scheduler.store import attempts, dags, runs, xcoms
from couture_scheduler.store.transition import Move, move

T = TaskState
_FRESH = {"lost_count": 0, "due_at": None, "reason": None}


def clear_tasks(tx: Tx, plans: Plans, run: Any, rows: Sequence[Any], actor: str) -> None:
    """Set task instances of a run back; live ones are stopped first, by their agent.

    The run is looked at again; one that has ended stays so until `requeue`.
    """
    retries = _retries(tx, plans, run)
    moves = []
    runs.forget_branches(tx, [row.id for row in rows])
    for row in rows:
        values = {"max_tries": row.try_number + retries.get(row.task_id, 0), **_FRESH}
        if row.state in LIVE:
            attempts.wish(tx, row.id, "restart")
            if row.state != T.RESTARTING:
                moves.append(Move(row, T.RESTARTING, run.run_id, "cleared", values))
        elif row.state != T.NONE:
            values |= {"start_date": None, "end_date": None}
            moves.append(Move(row, T.NONE, run.run_id, "cleared", values))
    move(tx, "task_instance", moves, actor)
    xcoms.clear_of(tx, run.id, [row.task_id for row in rows])
    runs.set_wake(tx, run.id, tx.now)


def requeue(tx: Tx, run: Any, actor: str) -> None:
    """Queue a run again that has ended; one that goes on is left as it is."""
    if run.state not in RUN_FINISHED:
        return
    values = {"clear_number": run.clear_number + 1, "end_date": None, "wake_at": tx.now}
    values["start_date"] = None  # it starts anew, as in Airflow
    move(tx, "dag_run", [Move(run, RunState.QUEUED, run.run_id, "cleared", values)], actor)


def _retries(tx: Tx, plans: Plans, run: Any) -> dict[str, int]:
    plan = plans.get(tx, dags.get_dag(tx, run.dag_id).version_id)
    return {name: task.data["retries"] for name, task in plan.tasks.items()}
