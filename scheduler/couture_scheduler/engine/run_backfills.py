"""Make the runs of backfills: as many at a time as each allows, until all its dates are done."""

from typing import Any

from couture_scheduler.clearing import clear_tasks, requeue
from couture_scheduler.db.database import Tx
from couture_scheduler.plans import Plans
from couture_scheduler.rules.backfills import left_out
from couture_scheduler.states import RunType
from couture_scheduler.store import backfills, dags, notes, runs


def run_backfills(tx: Tx, plans: Plans, actor: str) -> int:
    """Look at the backfills that are due and return how many runs were made."""
    return sum(_look_at(tx, plans, row, actor) for row in backfills.list_due(tx))


def _look_at(tx: Tx, plans: Plans, row: Any, actor: str) -> int:
    room = row.max_active_runs - len(backfills.list_open_runs(tx, row.id))
    made = 0
    while made < room and (pending := backfills.list_pending(tx, row.id, room - made)):
        made += sum(_make(tx, plans, row, one, actor) for one in pending)
    backfills.set_backfill(tx, row.id, wake_at=None)
    if not backfills.list_open_runs(tx, row.id) and not backfills.list_pending(tx, row.id, 1):
        backfills.set_backfill(tx, row.id, completed_at=tx.now)
    return made


def _make(tx: Tx, plans: Plans, row: Any, one: Any, actor: str) -> bool:
    """Make the run of a date, or have the one that is there run again; say whether there is one."""
    dag = dags.get_dag(tx, row.dag_id)
    there = notes.find_logical_date(tx, row.dag_id, one.logical_date)
    why = left_out(there.state if there else None, row.reprocess)
    if why is not None:
        backfills.leave_out(tx, one.id, why)
        return False
    if there is not None:
        backfills.set_run(tx, one.id, there.id)
        clear_tasks(tx, plans, there, runs.list_tis(tx, there.id), actor)
        requeue(tx, there, actor)
        return True
    plan = plans.get(tx, dag.version_id)
    values = {
        "dag_id": row.dag_id,
        "run_id": f"{RunType.BACKFILL}__{one.logical_date.isoformat()}",
        "slot_key": f"S:{one.logical_date.isoformat()}",
        "run_type": RunType.BACKFILL,
        "logical_date": one.logical_date,
        "data_interval_start": one.interval_start,
        "data_interval_end": one.interval_end,
        "run_after": tx.now,
        "conf": row.conf,
        "triggered_by": "backfill",
        "triggering_user": row.user,
        "dag_version_id": dag.version_id,
    }
    tasks = [task.data for task in plan.tasks.values()]
    backfills.set_run(tx, one.id, runs.add_run(tx, values, tasks, actor))
    return True
