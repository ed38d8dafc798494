"""Hosts that run attempts (ours)."""

from datetime import datetime

from couture_scheduler.schemas.base import Answer, Query


class HostQuery(Query):
    """Which hosts; those that are gone are kept."""

    is_present: bool | None = None


class HostResponse(Answer):
    """One host.

    Attributes:
        epoch: how often its agent was started or taken over.
        lease_until: until when what it runs is its own.
        is_present: whether that holds now.
        slots: how many attempts it may run at once; 0 = it only imports DAG files.
        running: how many it runs.
        queues: whose tasks it takes; None = all that no other host names.
    """

    host: str
    epoch: int
    lease_until: datetime | None
    is_present: bool
    slots: int
    running: int
    queues: list[str] | None
    last_seen: datetime | None


class HostCollection(Answer):
    """All hosts."""

    hosts: list[HostResponse]
    total_entries: int
