"""Have task instances run again: what people, tasks and backfills ask for alike."""

from collections.abc import Sequence
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.plans import Plans
from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import LIVE, RUN_FINISHED, RunState, TaskState
from couture_scheduler.store import attempts, dags, runs, xcoms
from couture_scheduler.store.transition import Move, move

T = TaskState
_FRESH = {**attempts.FRESH, "reason": None}


def clear_tasks(tx: Tx, plans: Plans, run: Any, rows: Sequence[Any], actor: str) -> None:
    """Set task instances of a run back; live ones are stopped first, by their agent.

    The run is looked at again; one that has ended stays so until `requeue`.
    """
    plan = plans.get(tx, dags.get_dag(tx, run.dag_id).version_id)
    moves = []
    _forget_branches(tx, plan, run, rows)
    for row in rows:
        retries = plan.tasks[row.task_id].data["retries"] if row.task_id in plan.tasks else 0
        values = {"max_tries": row.try_number + retries, **_FRESH}
        if row.state in LIVE:
            attempts.wish(tx, row.id, "restart")
            if row.state != T.RESTARTING:
                moves.append(Move(row, T.RESTARTING, run.run_id, "cleared", values))
        elif row.state != T.NONE:
            values |= {"start_date": None, "end_date": None}
            moves.append(Move(row, T.NONE, run.run_id, "cleared", values))
        elif row.lost_count:  # it waits out the pause after a loss
            attempts.forget_lost(tx, row.id, {"max_tries": values["max_tries"], **_FRESH})
    move(tx, "task_instance", moves, actor)
    xcoms.clear_of(tx, run.id, [(row.task_id, row.map_index) for row in rows])
    runs.set_wake(tx, run.id, tx.now)


def requeue(tx: Tx, run: Any, actor: str) -> None:
    """Queue a run again that has ended; one that goes on is left as it is."""
    if run.state not in RUN_FINISHED:
        return
    values = {"clear_number": run.clear_number + 1, "end_date": None, "wake_at": tx.now}
    values["start_date"] = None  # it starts anew, as in Airflow
    move(tx, "dag_run", [Move(run, RunState.QUEUED, run.run_id, "cleared", values)], actor)


def _forget_branches(tx: Tx, plan: Plan, run: Any, rows: Sequence[Any]) -> None:
    """Have it decided anew what branches that run again left out.

    What a branch directly above left out stays so when that branch is not cleared, as in Airflow.
    """
    cleared = {(row.task_id, row.map_index) for row in rows}
    ids = {row.id for row in rows}
    forgotten = []
    for row in runs.list_left_out(tx, run.id):
        decides = {(row.skip_by, -1), (row.skip_by, row.map_index)}
        task = plan.tasks.get(row.task_id)
        stays = task is not None and row.skip_by in task.upstream
        if not decides.isdisjoint(cleared) or (row.id in ids and not stays):
            forgotten.append(row.id)
    runs.leave_out(tx, forgotten, None)
