"""Events for people: the audit log and the history, in one list."""

from dataclasses import replace
from typing import Any

from sqlalchemy import null, select

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import audit, history
from couture_scheduler.errors import Invalid
from couture_scheduler.rights import DagScope
from couture_scheduler.store.audit import AuditScope, readable
from couture_scheduler.store.listing import COUNT_LIMIT, Criteria, Listed, Query, list_page, visible

_AUDIT = {
    "event_log_id": audit.c.id,
    "when": audit.c.at,
    "dag_id": audit.c.dag_id,
    "run_id": audit.c.run_id,
    "task_id": audit.c.task_id,
    "map_index": audit.c.map_index,
    "try_number": audit.c.try_number,
    "event": audit.c.event,
    "owner": audit.c.user,
}
_HISTORY = {
    "event_log_id": history.c.id,
    "when": history.c.at,
    "dag_id": history.c.dag_id,
    "run_id": history.c.run_id,
    "task_id": history.c.task_id,
    "map_index": history.c.map_index,
    "try_number": history.c.try_number,
    "event": history.c.after,
    "owner": history.c.actor,
}
EVENT_COLUMNS = tuple(_AUDIT)
_ASCENDING = ("when", "event_log_id", "id")
_DESCENDING = tuple(f"-{name}" for name in _ASCENDING)


def list_events(tx: Tx, criteria: Criteria, scope: AuditScope, excluded: list[str]) -> Listed:
    """Return a page of events, by time.

    Raises:
        Invalid: order_by names something else.
    """
    if unknown := set(criteria.order_by) - set(_ASCENDING) - set(_DESCENDING):
        raise Invalid(f"Events are ordered by when, not by {min(unknown)!r}.", "order_by")
    down = bool(set(criteria.order_by) & set(_DESCENDING))
    order = ["-when" if down else "when"]
    both = replace(criteria, order_by=order, limit=criteria.offset + criteria.limit, offset=0)
    of_people = list_page(tx, _people(scope, excluded), _AUDIT, both, audit.c.id)
    of_engine = list_page(tx, _engine(scope.dags, excluded), _HISTORY, both, history.c.id)
    rows = [*of_people.rows, *of_engine.rows]
    rows.sort(key=lambda row: (row.at, row.id), reverse=down)
    page = rows[criteria.offset : criteria.offset + criteria.limit]
    return Listed(page, min(of_people.total + of_engine.total, COUNT_LIMIT))


def find_event(tx: Tx, source: str, row_id: int, scope: AuditScope) -> Any | None:
    """Return one row of the "audit" or the "history", or None."""
    if source == "audit":
        return tx.first(_people(scope, []).where(audit.c.id == row_id))
    return tx.first(_engine(scope.dags, []).where(history.c.id == row_id))


def _people(scope: AuditScope, excluded: list[str]) -> Query:
    return (
        select(audit, null().label("kind"), null().label("reason"))
        .where(*readable(scope))
        .where(*_without(audit.c.event, excluded))
    )


def _engine(dags: DagScope, excluded: list[str]) -> Query:
    return (
        select(history, history.c.after.label("event"), history.c.actor.label("user"))
        .where(*visible(history.c.dag_id, dags))
        .where(*_without(history.c.after, excluded))
    )


def _without(column: Any, excluded: list[str]) -> list[Any]:
    return [column.not_in(excluded)] if excluded else []
