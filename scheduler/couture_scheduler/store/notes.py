"""Small writes and look-ups that actions of people need."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag_run, task_instance


def set_run_note(tx: Tx, run_pk: int, note: str | None) -> None:
    """Write or remove a run's note."""
    tx.execute(update(dag_run).where(dag_run.c.id == run_pk).values(note=note))


def set_task_note(tx: Tx, ti_ids: list[int], note: str | None) -> None:
    """Write or remove the note of task instances."""
    tx.execute(update(task_instance).where(task_instance.c.id.in_(ti_ids)).values(note=note))


def find_logical_date(tx: Tx, dag_id: str, logical_date: datetime) -> Any | None:
    """Return a DAG's run with this logical date, or None."""
    query = select(dag_run).where(
        dag_run.c.dag_id == dag_id, dag_run.c.logical_date == logical_date
    )
    return tx.first(query.order_by(dag_run.c.id).limit(1))


def list_runs_between(
    tx: Tx, dag_id: str, start: datetime | None, end: datetime | None
) -> list[int]:
    """Return the ids of a DAG's runs whose logical date lies in the span, ends included."""
    query = select(dag_run.c.id).where(dag_run.c.dag_id == dag_id)
    if start is not None:
        query = query.where(dag_run.c.logical_date >= start)
    if end is not None:
        query = query.where(dag_run.c.logical_date <= end)
    return [row.id for row in tx.rows(query.order_by(dag_run.c.logical_date))]
