"""The tail of the history: what changed since, for those who watch."""

from typing import Any

from sqlalchemy import func, select

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag_run, history, task_instance

_WATCHED = ("task_instance", "dag_run", "dag", "import_error")


def last_id(tx: Tx) -> int:
    """Return the id of the latest history row; 0 = there is none."""
    return tx.scalar(select(func.max(history.c.id))) or 0


def list_since(tx: Tx, after_id: int, limit: int) -> list[Any]:
    """Return watched history rows after `after_id`, oldest first."""
    return tx.rows(
        select(history)
        .where(history.c.id > after_id, history.c.kind.in_(_WATCHED))
        .order_by(history.c.id)
        .limit(limit)
    )


def list_tasks(tx: Tx, ids: list[int]) -> list[Any]:
    """Return task instances as they are now, with their run_id."""
    return tx.rows(
        select(task_instance, dag_run.c.run_id)
        .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
        .where(task_instance.c.id.in_(ids))
    )


def list_runs(tx: Tx, ids: list[int]) -> list[Any]:
    """Return runs as they are now."""
    return tx.rows(select(dag_run).where(dag_run.c.id.in_(ids)))
