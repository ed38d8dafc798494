"""Delete what is known of a DAG. Its versions, the event log and the audit log stay.

A version's id is never used again: processes keep what they have read of it.
"""

from sqlalchemy import delete, func, select

from couture_scheduler.db.automation import (
    asset_queue,
    asset_run,
    backfill,
    backfill_run,
    callback,
    dag_asset,
    dag_asset_alias,
    sla_miss,
    task_asset,
    timetable_slots,
)
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import (
    attempt,
    dag,
    dag_run,
    notebook_schedule,
    rendered,
    task_instance,
    xcom,
)
from couture_scheduler.states import RunState

_OPEN = (RunState.QUEUED, RunState.RUNNING)


def count_open_runs(tx: Tx, dag_id: str) -> int:
    """Count the runs of a DAG that have not ended."""
    query = select(func.count()).select_from(dag_run).where(dag_run.c.dag_id == dag_id)
    return tx.scalar(query.where(dag_run.c.state.in_(_OPEN)))


def has_live_attempt(tx: Tx, dag_id: str) -> bool:
    """Say whether an attempt of a DAG's task may still be running."""
    query = select(attempt.c.id).join(task_instance, task_instance.c.id == attempt.c.ti_id)
    live = query.where(task_instance.c.dag_id == dag_id, attempt.c.live_ti_id.is_not(None))
    return tx.first(live.limit(1)) is not None


def delete_history(tx: Tx, dag_id: str) -> int:
    """Delete the runs of a DAG with all that belongs to them, and return how many there were."""
    runs = select(dag_run.c.id).where(dag_run.c.dag_id == dag_id)
    instances = select(task_instance.c.id).where(task_instance.c.dag_id == dag_id)
    attempts = select(attempt.c.id).where(attempt.c.ti_id.in_(instances))
    backfills = select(backfill.c.id).where(backfill.c.dag_id == dag_id)
    for query in (
        delete(rendered).where(rendered.c.attempt_id.in_(attempts)),
        delete(attempt).where(attempt.c.ti_id.in_(instances)),
        delete(xcom).where(xcom.c.run_pk.in_(runs)),
        delete(callback).where(callback.c.dag_id == dag_id),
        delete(sla_miss).where(sla_miss.c.dag_id == dag_id),
        delete(asset_run).where(asset_run.c.run_pk.in_(runs)),
        delete(asset_queue).where(asset_queue.c.dag_id == dag_id),
        delete(backfill_run).where(backfill_run.c.backfill_id.in_(backfills)),
        delete(backfill).where(backfill.c.dag_id == dag_id),
        delete(task_instance).where(task_instance.c.dag_id == dag_id),
    ):
        tx.execute(query)
    return tx.execute(delete(dag_run).where(dag_run.c.dag_id == dag_id)).rowcount


def delete_dag(tx: Tx, dag_id: str) -> None:
    """Forget a DAG that no file defines any more; its history must be gone."""
    for table in (dag_asset, dag_asset_alias, task_asset, timetable_slots, notebook_schedule, dag):
        tx.execute(delete(table).where(table.c.dag_id == dag_id))
