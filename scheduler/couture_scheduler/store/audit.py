"""The audit log: who did what, from where, allowed or refused. Rows are only ever added."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, insert, or_, select

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import audit
from couture_scheduler.rights import DagScope
from couture_scheduler.store.listing import Criteria, Listed, list_page, visible

AUDIT_COLUMNS = {
    "id": audit.c.id,
    "when": audit.c.at,
    "user": audit.c.user,
    "source_ip": audit.c.source_ip,
    "event": audit.c.event,
    "allowed": audit.c.allowed,
    "dag_id": audit.c.dag_id,
    "run_id": audit.c.run_id,
    "task_id": audit.c.task_id,
}
_SEARCHED = ("user", "event", "dag_id", "run_id", "task_id")


@dataclass(frozen=True)
class AuditScope:
    """Which rows somebody may read.

    Attributes:
        user: whose own ones, where they are about no DAG.
        dags: those about these DAGs.
        everything: all about no DAG too: accounts, roles, logins, settings.
    """

    user: str
    dags: DagScope
    everything: bool


def readable(scope: AuditScope) -> list[Any]:
    """Return the condition that leaves the rows of a scope."""
    of_dags = visible(audit.c.dag_id, scope.dags) or [audit.c.dag_id.is_not(None)]
    about_none = audit.c.dag_id.is_(None)
    rest = about_none if scope.everything else and_(about_none, audit.c.user == scope.user)
    return [or_(*of_dags, rest)]


def list_entries(tx: Tx, criteria: Criteria, scope: AuditScope, search: str | None) -> Listed:
    """Return a page of rows."""
    query = select(audit).where(*readable(scope))
    if search:
        columns = [AUDIT_COLUMNS[name] for name in _SEARCHED]
        query = query.where(or_(*(one.icontains(search, autoescape=True) for one in columns)))
    return list_page(tx, query, AUDIT_COLUMNS, criteria, audit.c.id)


def add(
    tx: Tx,
    *,
    user: str,
    source_ip: str | None,
    event: str,
    allowed: bool,
    extra: dict[str, Any] | None = None,
    dag_id: str | None = None,
    run_id: str | None = None,
    task_id: str | None = None,
    try_number: int | None = None,
) -> None:
    """Add one row; `extra` must hold no secret."""
    tx.execute(
        insert(audit).values(
            at=tx.now,
            user=user,
            source_ip=source_ip,
            event=event,
            allowed=allowed,
            extra=extra,
            dag_id=dag_id,
            run_id=run_id,
            task_id=task_id,
            try_number=try_number,
        )
    )
