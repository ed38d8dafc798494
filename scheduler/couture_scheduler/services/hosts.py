"""Hosts that run attempts, and whether they are there."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.hosts import HostCollection, HostQuery, HostResponse
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import metrics


@service("can_list", "JobModelView")
def get_hosts(tx: Tx, call: Call, query: HostQuery) -> HostCollection:
    """List the hosts, past ones too."""
    found = [_host(tx, row) for row in metrics.list_hosts(tx)]
    hosts = [one for one in found if query.is_present in (None, one.is_present)]
    return HostCollection(hosts=hosts, total_entries=len(hosts))


def is_present(tx: Tx, row: Any) -> bool:
    """Say whether a host's lease holds."""
    return row.lease_until is not None and row.lease_until > tx.now


def _host(tx: Tx, row: Any) -> HostResponse:
    return HostResponse(
        host=row.id,
        epoch=row.epoch,
        lease_until=row.lease_until,
        is_present=is_present(tx, row),
        slots=row.slots,
        running=row.running,
        queues=row.queues,
        last_seen=row.last_seen,
    )
