"""Take over hosts that are silent: what they held is lost, and starts again elsewhere.

Any scheduler does it, none leads. A host that is silent has ended its attempts by itself when its
lease ran out, `_MARGIN` before anybody comes here (ADR 9).
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState, CallbackState
from couture_scheduler.store import attempts, callbacks, hosts
from couture_scheduler.store.attempts import Ending, EndPolicy

log = logging.getLogger(__name__)
_MARGIN = timedelta(seconds=5)


def take_over_silent(tx: Tx, settings: Settings, policy: EndPolicy, actor: str) -> int:
    """Take over the hosts whose leases are over; return how many there were.

    Where nobody at all has shown a sign of life for long, it was the database that was away: the
    hosts are given a whole lease first, once.
    """
    before = tx.now - _MARGIN
    silent = hosts.list_silent(tx, before)
    if not silent:
        return 0
    if _was_away(hosts.last_sign(tx), tx.now, settings):
        log.warning("The database was away: hosts are given a whole lease to show themselves")
        lease = timedelta(seconds=settings.host_lease_seconds)
        hosts.extend(tx, [row.id for row in silent], lease)
        return 0
    return sum(_take_over(tx, row, before, policy, actor) for row in silent)


def _was_away(last_sign: datetime | None, now: datetime, settings: Settings) -> bool:
    return last_sign is None or last_sign < now - timedelta(seconds=3 * settings.heartbeat_seconds)


def _take_over(tx: Tx, row: Any, before: datetime, policy: EndPolicy, actor: str) -> bool:
    if not hosts.take_over(tx, row, before):
        return False
    seconds = (tx.now - row.last_seen).total_seconds()
    reason = f"Its host {row.id} was silent for {seconds:.0f} s; it starts again elsewhere."
    held = attempts.list_live(tx, row.id, row.epoch + 1)
    endings = [Ending(one.token, AttemptState.LOST, reason) for one in held]
    attempts.finish(tx, endings, actor, policy)
    for one in callbacks.list_held(tx, row.id, row.epoch + 1):
        callbacks.end(tx, one.id, CallbackState.LOST, f"Its host {row.id} was silent.", actor)
    log.warning(
        "Host %s was silent for %.0f s: %d attempts of it are lost", row.id, seconds, len(held)
    )
    return True
