"""Which DAGs run which notebooks."""

from typing import Any

from sqlalchemy import insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import notebook_schedule
from couture_scheduler.rights import DagScope
from couture_scheduler.store.listing import visible


def find_schedule(tx: Tx, dag_id: str) -> Any | None:
    """Return the schedule that a DAG stands for, or None."""
    return tx.first(select(notebook_schedule).where(notebook_schedule.c.dag_id == dag_id))


def list_schedules(tx: Tx, dags: DagScope) -> list[Any]:
    """Return all schedules."""
    query = select(notebook_schedule).where(*visible(notebook_schedule.c.dag_id, dags))
    return tx.rows(query.order_by(notebook_schedule.c.notebook_path))


def set_schedule(tx: Tx, dag_id: str, values: dict[str, Any], created_by: str) -> None:
    """Insert or overwrite a schedule."""
    values = {**values, "renewed_at": tx.now}
    query = update(notebook_schedule).where(notebook_schedule.c.dag_id == dag_id)
    if not tx.execute(query.values(**values)).rowcount:
        tx.execute(
            insert(notebook_schedule).values(
                dag_id=dag_id, created_by=created_by, created_at=tx.now, **values
            )
        )
