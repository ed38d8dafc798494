"""SLA misses: each (DAG, task, logical date) at most once, whatever is restarted."""

from typing import Any

from sqlalchemy import bindparam, insert, select, update

from couture_scheduler.db.automation import sla_miss
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import NotFound
from couture_scheduler.rights import DagScope
from couture_scheduler.store.listing import Criteria, Listed, list_page, visible

COLUMNS = {
    "id": sla_miss.c.id,
    "dag_id": sla_miss.c.dag_id,
    "task_id": sla_miss.c.task_id,
    "logical_date": sla_miss.c.logical_date,
    "timestamp": sla_miss.c.at,
}
_MISSED = select(sla_miss.c.task_id).where(
    sla_miss.c.dag_id == bindparam("dag_id"), sla_miss.c.logical_date == bindparam("date")
)


def list_missed(tx: Tx, run: Any) -> set[str]:
    """Return the tasks of a run whose misses are recorded already."""
    rows = tx.rows(_MISSED, {"dag_id": run.dag_id, "date": run.logical_date})
    return {row.task_id for row in rows}


def add_misses(tx: Tx, run: Any, slas: dict[str, float], *, mailed: bool, notified: bool) -> None:
    """Record misses of a run: {task_id: its SLA in seconds}."""
    rows = [
        {
            "dag_id": run.dag_id,
            "task_id": task_id,
            "logical_date": run.logical_date,
            "run_id": run.run_id,
            "sla_seconds": int(seconds),
            "at": tx.now,
            "email_sent": mailed,
            "notification_sent": notified,
        }
        for task_id, seconds in slas.items()
    ]
    tx.execute(insert(sla_miss), rows)


def list_misses(tx: Tx, criteria: Criteria, scope: DagScope, noted: bool | None = None) -> Listed:
    """Return a page of misses; `noted` = only those with a note, or only the others."""
    query = select(sla_miss).where(*visible(sla_miss.c.dag_id, scope))
    if noted is not None:
        note = sla_miss.c.note
        query = query.where(note.is_not(None) if noted else note.is_(None))
    return list_page(tx, query, COLUMNS, criteria, sla_miss.c.id)


def get_miss(tx: Tx, miss_id: int, scope: DagScope) -> Any:
    """Return one miss of a DAG in the scope."""
    mine = visible(sla_miss.c.dag_id, scope)
    row = tx.first(select(sla_miss).where(sla_miss.c.id == miss_id, *mine))
    if row is None:
        raise NotFound(f"There is no SLA miss {miss_id}.")
    return row


def set_note(tx: Tx, miss_id: int, note: str | None, by: str) -> None:
    """Write or remove what is said about a miss."""
    values = {"note": note, "noted_by": by if note else None}
    tx.execute(update(sla_miss).where(sla_miss.c.id == miss_id).values(**values))
