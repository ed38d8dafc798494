"""Hosts that run attempts: leases and epochs, which say who may write what.

A host's attempts are its own while its lease holds. Whoever takes the host over raises its epoch:
what ran under an earlier one is lost, and that agent claims nothing any more (ADR 9).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from couture_scheduler.db.automation import callback
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import attempt, host, job
from couture_scheduler.errors import HostTaken
from couture_scheduler.states import AttemptState, CallbackState


def begin_epoch(
    tx: Tx,
    host_id: str,
    slots: int,
    queues: list[str] | None,
    lease: timedelta,
    machine: str | None = None,
) -> int:
    """Raise the host's epoch: whatever an earlier agent of it was running is its no more.

    Args:
        queues: whose tasks it takes; None = all.
        machine: which machine asks; None = the only one that can.

    Raises:
        HostTaken: another machine holds the lease of that name.
    """
    values = {
        "slots": slots,
        "queues": queues,
        "lease_until": tx.now + lease,
        "last_seen": tx.now,
        "machine": machine,
    }
    old = tx.first(select(host).where(host.c.id == host_id).with_for_update())
    if old is None:
        tx.execute(insert(host).values(id=host_id, epoch=1, **values))
        return 1
    if machine and old.machine not in (None, machine) and old.lease_until > tx.now:
        raise HostTaken(
            f"Another machine works as host {host_id!r}; its lease lasts until "
            f"{old.lease_until:%H:%M:%S} UTC. This one waits for it to end. If both are to work, give "
            "each a host_name of its own (COUTURE_HOST_NAME)."
        )
    tx.execute(update(host).where(host.c.id == host_id).values(epoch=old.epoch + 1, **values))
    return old.epoch + 1


def renew(tx: Tx, host_id: str, epoch: int, lease: timedelta) -> bool:
    """Show that the host is there; False = it was taken over, and must begin a new epoch."""
    mine = update(host).where(host.c.id == host_id, host.c.epoch == epoch)
    return tx.execute(mine.values(last_seen=tx.now, lease_until=tx.now + lease)).rowcount == 1


def holds(tx: Tx, host_id: str, epoch: int) -> bool:
    """Say whether the host may claim in this transaction; nobody takes it over meanwhile."""
    query = select(host.c.id).where(
        host.c.id == host_id, host.c.epoch == epoch, host.c.lease_until > tx.now
    )
    return tx.first(query.with_for_update()) is not None


def release(tx: Tx, host_id: str, epoch: int) -> None:
    """Give the lease back: the host runs nothing and will claim nothing."""
    mine = update(host).where(host.c.id == host_id, host.c.epoch == epoch)
    tx.execute(mine.values(last_seen=tx.now, lease_until=tx.now))


def list_queues(tx: Tx) -> list[list[str] | None]:
    """Return what the hosts that are there and run attempts name; None = no queue (rules/queues)."""
    there = select(host.c.queues).where(host.c.lease_until > tx.now, host.c.slots > 0)
    return [one.queues for one in tx.rows(there)]


def list_silent(tx: Tx, before: datetime) -> list[Any]:
    """Return the hosts that still hold something though their leases ended before a time."""
    runs_one = select(attempt.c.id).where(
        attempt.c.state == AttemptState.RUNNING, attempt.c.host_id == host.c.id
    )
    calls_one = select(callback.c.id).where(
        callback.c.state == CallbackState.RUNNING, callback.c.host_id == host.c.id
    )
    query = select(host).where(
        host.c.lease_until < before, or_(runs_one.exists(), calls_one.exists())
    )
    return tx.rows(query.order_by(host.c.id))


def take_over(tx: Tx, row: Any, before: datetime) -> bool:
    """Raise the epoch of a silent host; False = it has shown itself, or another was faster."""
    found = update(host).where(
        host.c.id == row.id, host.c.epoch == row.epoch, host.c.lease_until < before
    )
    return tx.execute(found.values(epoch=row.epoch + 1)).rowcount == 1


def last_sign(tx: Tx) -> datetime | None:
    """Return the newest sign of life of any process or host."""
    of_hosts = select(func.max(host.c.last_seen)).scalar_subquery()
    row = tx.first(select(func.max(job.c.latest_heartbeat), of_hosts))
    return max((moment for moment in row or () if moment is not None), default=None)


def extend(tx: Tx, host_ids: Sequence[str], lease: timedelta) -> None:
    """Give hosts a whole lease: they could not renew theirs."""
    named = update(host).where(host.c.id.in_(host_ids))
    tx.execute(named.values(lease_until=tx.now + lease))


def list_present(tx: Tx) -> list[str]:
    """Return the names of the hosts that are there."""
    return [row.id for row in tx.rows(select(host.c.id).where(host.c.lease_until > tx.now))]


def list_free(tx: Tx, seen_since: datetime) -> list[Any]:
    """Return the free slots of each host that has shown itself since a time, with its queues."""
    running = (
        select(func.count())
        .select_from(attempt)
        .where(attempt.c.state == AttemptState.RUNNING, attempt.c.host_id == host.c.id)
        .scalar_subquery()
    )
    query = select(host.c.id, host.c.queues, (host.c.slots - running).label("free")).where(
        host.c.lease_until > tx.now, host.c.last_seen >= seen_since, host.c.slots > 0
    )
    return tx.rows(query.order_by(host.c.id))
