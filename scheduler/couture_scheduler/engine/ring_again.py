"""A doorbell may be lost, or reach a host that hangs: it is rung again while its attempt is queued."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.rules import queues
from couture_scheduler.settings import Settings
from couture_scheduler.store import hosts, rings

_SOON = 2.5  #: seconds; a host with a free slot has answered by then
_SILENT_HEARTBEATS = 2


def soon(settings: Settings) -> timedelta:
    """Return after which time a doorbell that found a free slot should have been answered."""
    return timedelta(seconds=min(_SOON, settings.ring_again_seconds / 2))


def ring_again(tx: Tx, settings: Settings) -> dict[str, str]:
    """Choose and note the attempts to be rung again.

    Where a slot is free for it, a queued attempt should have been claimed at once: its doorbell was
    lost. Otherwise it waits for a slot, and its doorbell with it, until `ring_again_seconds` are over.

    Returns:
        Their queues by their tokens.
    """
    rows = rings.list_unanswered(tx, tx.now - soon(settings))
    if not rows:
        return {}
    seen = tx.now - timedelta(seconds=_SILENT_HEARTBEATS * settings.heartbeat_seconds)
    free = FreeSlots(hosts.list_free(tx, seen))
    over = tx.now - timedelta(seconds=settings.ring_again_seconds)
    again = {row.id: row.queue for row in rows if row.rung_at < over or free.take(row.queue)}
    if again:
        rings.note(tx, again)
    return again


class FreeSlots:
    """Slots of hosts by the queues that they take.

    Args:
        hosts: rows with `queues` (rules/queues) and `free`.
    """

    def __init__(self, hosts: Iterable[Any]):
        self._hosts = [(one.queues, max(0, one.free)) for one in hosts]
        self._named = queues.named(names for names, _ in self._hosts)
        self._taken: dict[str | None, int] = {}

    def take(self, queue: str) -> bool:
        """Take a slot for a task of a queue; False = there is none."""
        name = queue if queue in self._named else None  # these share the hosts that name none
        free = sum(slots for names, slots in self._hosts if queues.takes(names, queue, self._named))
        taken = self._taken.get(name, 0)
        if taken >= free:
            return False
        self._taken[name] = taken + 1
        return True
