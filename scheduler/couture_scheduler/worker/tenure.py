"""This host's hold on what it runs: its epoch and its lease (ADR 9, store.hosts).

Whoever does not renew the lease in time ends all that runs before others start it again. Where no
other host could, the lease is kept all the same, but nothing is ended for silence.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from couture_scheduler.clock import boot_ns
from couture_scheduler.db.database import Database, Tx
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState
from couture_scheduler.store import attempts, hosts
from couture_scheduler.store.attempts import Ending, EndPolicy
from couture_scheduler.worker.machine import machine_of
from couture_scheduler.worker.zygotes import Zygotes

log = logging.getLogger(__name__)
_MISSED = 2  #: heartbeats without which a lease is old


class Tenure:
    """Begins epochs, renews the lease, and ends everything when it is lost.

    Args:
        actor: as the history names the agent.
        recover: called in the transaction of a new epoch, which it is given, for callbacks.

    Attributes:
        epoch: of what this agent claims.
        is_held: whether anything may be claimed.
        has_others: whether other hosts take over what this one lets go.
    """

    def __init__(
        self,
        settings: Settings,
        db: Database,
        zygotes: Zygotes,
        policy: EndPolicy,
        actor: str,
        recover: Callable[[Tx, int], None],
    ):
        self._settings = settings
        self._db = db
        self._zygotes = zygotes
        self._policy = policy
        self._actor = actor
        self._recover = recover
        self._machine = machine_of(settings.run_path)
        self._length = timedelta(seconds=settings.host_lease_seconds)
        self._until_ns = self._old_ns = 0
        self.has_others = settings.executor != "local"
        self.epoch = 0
        self.is_held = False

    def begin(self, reason: str) -> None:
        """Begin an epoch; nothing of an earlier one runs here any more.

        Args:
            reason: why what was running is lost.

        Raises:
            HostTaken: another machine works under this name.
        """
        host, slots = self._settings.host_name, self._settings.slots
        with self._db.write() as tx:
            epoch = hosts.begin_epoch(
                tx, host, slots, self._settings.queue_names, self._length, self._machine
            )
            rows = attempts.list_live(tx, host, epoch)
            endings = [Ending(row.token, AttemptState.LOST, reason) for row in rows]
            attempts.finish(tx, endings, self._actor, self._policy)
            self._recover(tx, epoch)
            tx.after_commit(partial(self._hold, epoch, tx.now + self._length))

    def renew(self, tx: Tx) -> None:
        """Show that this host is there; where it was taken over, all that runs is ended."""
        if hosts.renew(tx, self._settings.host_name, self.epoch, self._length):
            tx.after_commit(partial(self._hold, self.epoch, tx.now + self._length))
        else:
            tx.after_commit(partial(self._let_go, "it was taken over, since it was silent"))

    def renew_if_old(self, tx: Tx) -> None:
        """Renew the lease in any transaction that succeeds after heartbeats that did not."""
        if self.has_others and self.is_held and boot_ns() > self._old_ns:
            self.renew(tx)

    def may_claim(self, tx: Tx) -> bool:
        """Say whether claims of this transaction hold: no other has taken this host over."""
        return not self.has_others or hosts.holds(tx, self._settings.host_name, self.epoch)

    def end(self, tx: Tx) -> None:
        """Give the lease back: nothing runs."""
        hosts.release(tx, self._settings.host_name, self.epoch)

    def check(self) -> None:
        """Look at the clock, and let go where the lease was not renewed in time."""
        if self.has_others and self.is_held and boot_ns() > self._until_ns:
            self._let_go("its lease ran out, the database is out of reach")

    def _hold(self, epoch: int, until: datetime) -> None:
        self.epoch, self.is_held = epoch, True
        left = (until - self._db.clock.now()).total_seconds()
        self._until_ns = boot_ns() + int(left * 1e9)
        self._old_ns = boot_ns() + int(_MISSED * self._settings.heartbeat_seconds * 1e9)
        if self.has_others:
            self._zygotes.hold_until(self._until_ns)

    def _let_go(self, why: str) -> None:
        log.error("%s: %s. What runs here is ended and starts again", self._settings.host_name, why)
        self.is_held = False
        self._zygotes.kill_all()
