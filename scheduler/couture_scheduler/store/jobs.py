"""Processes of ours and hosts that run attempts: signs of life and epochs."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import host, job


def start(tx: Tx, job_type: str, hostname: str, pid: int) -> int:
    """Record that a process has started; jobs of the same kind on this host are over."""
    tx.execute(
        update(job)
        .where(job.c.job_type == job_type, job.c.hostname == hostname, job.c.state == "running")
        .values(state="failed", end_date=tx.now)
    )
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


def beat(tx: Tx, job_id: int | None) -> None:
    """Show a sign of life."""
    tx.execute(update(job).where(job.c.id == job_id).values(latest_heartbeat=tx.now))


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


def begin_epoch(
    tx: Tx, host_id: str, slots: int, queues: list[str] | None, lease: timedelta
) -> int:
    """Raise the host's epoch: whatever an earlier agent of it was running is its no more.

    Args:
        queues: whose tasks it takes; None = all.
    """
    values = {
        "slots": slots,
        "queues": queues,
        "lease_until": tx.now + lease,
        "last_seen": tx.now,
    }
    old = tx.scalar(select(host.c.epoch).where(host.c.id == host_id))
    if old is None:
        tx.execute(insert(host).values(id=host_id, epoch=1, **values))
        return 1
    tx.execute(update(host).where(host.c.id == host_id).values(epoch=old + 1, **values))
    return old + 1


def is_served(tx: Tx, queue: str) -> bool:
    """Say whether a host that is there takes the tasks of a queue."""
    hosts = tx.rows(select(host.c.queues).where(host.c.lease_until > tx.now))
    return any(one.queues is None or queue in one.queues for one in hosts)


def renew_lease(tx: Tx, host_id: str, lease: timedelta) -> None:
    """Show that the host is there."""
    tx.execute(
        update(host)
        .where(host.c.id == host_id)
        .values(last_seen=tx.now, lease_until=tx.now + lease)
    )
