"""What this host takes next: attempts that have room here, with all that starting them needs."""

from functools import partial
from typing import Any, NamedTuple

from couture_scheduler.asset_events import triggering_events
from couture_scheduler.db.database import Tx
from couture_scheduler.isolation import Isolation
from couture_scheduler.plans import Plans
from couture_scheduler.settings import Settings
from couture_scheduler.states import RunType
from couture_scheduler.store import claims, dags, runs
from couture_scheduler.worker.orders import Orders
from couture_scheduler.worker.run_as import RunAs, run_as
from couture_scheduler.worker.tenure import Tenure
from couture_scheduler.worker.unsettled import Unsettled

_KEPT = 64  #: file versions whose sources are kept


class Source(NamedTuple):
    """A file version, its sources by path, and whose it is."""

    version: Any
    sources: dict[str, str]
    who: RunAs


class Claim(NamedTuple):
    """An attempt that was claimed, its run and the asset events that triggered that."""

    row: Any
    run: Any
    events: Any


class Claiming:
    """Claims attempts in the agent's transactions.

    Args:
        orders: who asks for which attempts; None = whatever is queued is taken.
        plans: made in the claiming transaction, so that starting needs no other.

    Attributes:
        isolation: while it is on, an attempt that cannot be claimed keeps no other from it.
    """

    def __init__(self, settings: Settings, tenure: Tenure, orders: Orders | None, plans: Plans):
        self._settings = settings
        self._tenure = tenure
        self._orders = orders
        self._plans = plans
        self.isolation = Isolation()
        self._asked_for: list[str] = []
        self._unsettled = Unsettled()
        self._sources: dict[str, Source] = {}

    def claim(self, tx: Tx, free: int) -> list[Claim]:
        """Take at most `free` attempts, beside those that an earlier transaction has taken."""
        self._asked_for = []
        self._unsettled.begin()
        if free <= 0:
            return []
        taken = self._taken(tx)
        rows = self._candidates(tx, free - len(taken)) if free > len(taken) else []
        if (taken or rows) and not self._tenure.may_claim(tx):
            return []
        described = self.isolation.each(tx, taken, _what, partial(self._describe, tx))
        described += self.isolation.each(tx, rows, _what, partial(self._take, tx))
        found = [one for some in described for one in some]
        before, claimed = {row.token for row in taken}, {one.row.token for one in found}
        self._asked_for = [*self._asked_for, *before]
        self._unsettled.note(claimed, left_out=before - claimed)
        return found

    def _taken(self, tx: Tx) -> list[Any]:
        """Return what an earlier transaction has taken that did not get to `settle`, and yet holds."""
        tokens = sorted(self._unsettled.tokens)
        host, epoch = self._settings.host_name, self._tenure.epoch
        return claims.list_taken(tx, tokens, host, epoch) if tokens else []

    def _take(self, tx: Tx, rows: list[Any]) -> list[Claim]:
        claims.claim(tx, rows, self._settings.host_name, self._tenure.epoch)
        return self._describe(tx, rows)

    def _describe(self, tx: Tx, rows: list[Any]) -> list[Claim]:
        found = {run.id: run for run in runs.list_by_pk(tx, {row.run_pk for row in rows})}
        for row in rows:
            self._plans.get(tx, row.attempt_dag_version_id)
            self.load(tx, row.file_version_id)
        events = {
            run.id: triggering_events(tx, run.id) if run.run_type == RunType.TRIGGERED else {}
            for run in found.values()
        }
        return [Claim(row, found[row.run_pk], events[row.run_pk]) for row in rows]

    def _candidates(self, tx: Tx, limit: int) -> list[Any]:
        queues = self._settings.queue_names
        if self._orders is None:
            return claims.lock_free(tx, claims.list_queued(tx, queues, limit))
        self._asked_for = self._orders.tokens[:limit]
        return claims.list_asked(tx, self._asked_for, queues, limit) if self._asked_for else []

    def settle(self, claimed: list[Claim], ended: dict[str, str]) -> None:
        """Answer those who wait for attempts, once it holds: they are over, or not to be had."""
        self._unsettled.settle()
        if self._orders is None:
            return
        self._orders.settle(self._asked_for, {one.row.token for one in claimed})
        for token, state in ended.items():
            self._orders.end(token, state)

    def load(self, tx: Tx, file_version_id: str) -> Source:
        """Return a file version with its sources, read once."""
        if file_version_id not in self._sources:
            version, sources = dags.get_file_version(tx, file_version_id)
            who = run_as(tx, self._settings, version.account)
            self._sources[file_version_id] = Source(version, sources, who)
        return self._sources[file_version_id]

    def source_of(self, claimed: Claim) -> Source:
        """Return what `claim` has loaded for it."""
        return self._sources[claimed.row.file_version_id]

    def trim(self) -> None:
        """Forget the sources that were loaded longest ago."""
        while len(self._sources) > _KEPT:
            self._sources.pop(next(iter(self._sources)))


def _what(row: Any) -> str:
    return f"Claiming attempt {row.token} of {row.task_id} of {row.dag_id}"
