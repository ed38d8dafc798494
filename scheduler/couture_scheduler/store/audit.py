"""The audit log: who did what, from where, allowed or refused. Rows are only ever added."""

from typing import Any

from sqlalchemy import insert

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import audit


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
