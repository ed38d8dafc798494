"""How other DAGs' runs and tasks stand: what tasks ask that wait for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag_run, task_instance

_MOST = 10_000


def list_runs(
    tx: Tx, dag_id: str, run_ids: Sequence[str] | None, dates: Sequence[datetime] | None
) -> list[Any]:
    """Return runs of a DAG, the earliest first, 10,000 at most; None = whatever their id or date."""
    query = select(dag_run).where(dag_run.c.dag_id == dag_id)
    if run_ids is not None:
        query = query.where(dag_run.c.run_id.in_(run_ids))
    if dates is not None:
        query = query.where(dag_run.c.logical_date.in_(dates))
    return tx.rows(query.order_by(dag_run.c.run_after, dag_run.c.id).limit(_MOST))


def list_task_states(
    tx: Tx, dag_id: str, task_ids: Sequence[str] | None, dates: Sequence[datetime]
) -> list[Any]:
    """Return the task instances of a DAG in its runs of these logical dates."""
    query = (
        select(
            task_instance.c.task_id,
            task_instance.c.map_index,
            task_instance.c.state,
            dag_run.c.logical_date,
            dag_run.c.run_id,
        )
        .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
        .where(dag_run.c.dag_id == dag_id, dag_run.c.logical_date.in_(dates))
    )
    if task_ids is not None:
        query = query.where(task_instance.c.task_id.in_(task_ids))
    return tx.rows(query.order_by(dag_run.c.logical_date, task_instance.c.id))


def last_logical_date(tx: Tx, dag_id: str) -> datetime | None:
    """Return the latest logical date of a DAG's runs."""
    return tx.scalar(select(func.max(dag_run.c.logical_date)).where(dag_run.c.dag_id == dag_id))
