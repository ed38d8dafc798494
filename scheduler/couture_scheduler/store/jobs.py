"""Processes of ours: their signs of life."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import job


def start(
    tx: Tx, job_type: str, hostname: str, pid: int, is_gone: Callable[[int], bool] = lambda _: True
) -> int:
    """Record that a process has started.

    Args:
        is_gone: says of an earlier one's pid on this host whether it is over; several schedulers
            may run side by side.
    """
    earlier = select(job.c.id, job.c.pid).where(
        job.c.job_type == job_type, job.c.hostname == hostname, job.c.state == "running"
    )
    over = [row.id for row in tx.rows(earlier) if is_gone(row.pid)]
    if over:
        ended = update(job).where(job.c.id.in_(over))
        tx.execute(ended.values(state="failed", end_date=tx.now))
    result = tx.execute(
        insert(job).values(
            job_type=job_type,
            state="running",
            hostname=hostname,
            pid=pid,
            start_date=tx.now,
            latest_heartbeat=tx.now,
        )
    )
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0]


def beat(tx: Tx, job_id: int | None, figures: dict[str, Any] | None = None) -> None:
    """Show a sign of life.

    Args:
        figures: what the process has counted since it was started.
    """
    values = {"latest_heartbeat": tx.now, "figures": figures}
    tx.execute(update(job).where(job.c.id == job_id).values(values))


def end(tx: Tx, job_id: int | None) -> None:
    """Record an orderly end."""
    tx.execute(update(job).where(job.c.id == job_id).values(state="success", end_date=tx.now))


def find_running(tx: Tx, job_type: str) -> Any | None:
    """Return the latest running job of a kind."""
    return tx.first(
        select(job)
        .where(job.c.job_type == job_type, job.c.state == "running")
        .order_by(job.c.latest_heartbeat.desc())
        .limit(1)
    )
