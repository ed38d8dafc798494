"""A deployment in memory, on a clock that jumps: the scheduler as it is, nothing around it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import create_engine

from couture_scheduler.clock import Clock, VirtualClock
from couture_scheduler.db import automation, configs
from couture_scheduler.db.database import Database, Tx
from couture_scheduler.db.tables import metadata
from couture_scheduler.engine.scheduler import Scheduler
from couture_scheduler.follow_ups import FollowUps
from couture_scheduler.parsing.save import save_report
from couture_scheduler.rules.retry import retry_at, start_again_at
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState as A
from couture_scheduler.store import attempts, claims, dags, hosts, limits, pools
from couture_scheduler.store.attempts import Ending, EndPolicy

HOST = "rehearsal"
_FILE = "rehearsal.py"
_AMPLE = 1_000_000
_NOT_STARTED = "Stopped before it was started."
_TABLES = (automation, configs)  # importing them adds their tables to the metadata


class _NoBell:
    """An executor whose agent need not be rung: it looks by itself."""

    name = "local"
    has_hosts = False

    def ring(self, queued: Mapping[str, str]) -> None:
        pass

    def ask(self) -> None:
        pass

    def tell_watchers(self) -> None:
        pass


class _OneConnection(Database):
    """A database in memory for one thread: one connection, on which every statement holds at once.

    Nobody else looks, so transactions would cost time (a third of a simulation's) for nothing; an
    error ends the rehearsal.
    """

    def __init__(self, clock: Clock):
        super().__init__("sqlite://", clock)
        # an engine of its own: one without listeners takes a shorter way through each statement
        self.engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
        self.connection = self.engine.connect()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Give the one connection."""
        yield Tx(self.connection, self.clock.now())

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Give the one connection."""
        tx = Tx(self.connection, self.clock.now())
        yield tx
        tx.run_after_commit()

    def close(self) -> None:
        """Forget everything."""
        self.connection.close()
        super().close()


class Stage:
    """Scheduler and database; whoever drives it plays the agent.

    Args:
        start: when the clock begins.
        slots: of pools; those that tasks name and that are not among them have ample room.
    """

    def __init__(self, settings: Settings, start: datetime, slots: Mapping[str, int] | None = None):
        self.settings = settings
        self.clock = VirtualClock(start)
        self.db = _OneConnection(self.clock)
        metadata.create_all(self.db.connection)
        self.scheduler = Scheduler(self.db, _NoBell(), settings, HOST)
        self.policy = EndPolicy(
            settings.max_lost, start_again_at, retry_at, FollowUps(self.scheduler.plans)
        )
        with self.db.write() as tx:
            limits.ensure_default_pool(tx, settings.default_pool_slots)
            for name, count in (slots or {}).items():
                self._set_pool(tx, name, count)
            self.epoch = hosts.begin_epoch(tx, HOST, 1, None, timedelta(days=10000))

    def save(self, found: Iterable[dict[str, Any]]) -> None:
        """Save serialized DAGs, switched on."""
        found = [{**data, "is_paused_upon_creation": False} for data in found]
        tasks = [task for data in found for task in data["tasks"]]
        report = {"dags": found, "sources": {_FILE: ""}, "touched": {_FILE: "1"}, "threads": 1}
        with self.db.write() as tx:
            known = limits.lock_pools(tx)
            for name in {task["pool"] for task in tasks} - known.keys():
                self._set_pool(tx, name, _AMPLE)
            save_report(tx, _FILE, report, self.settings)

    def look(self) -> datetime | None:
        """Let the scheduler look until nothing is due at this moment; return when something is."""
        while True:
            busy = self.scheduler.step() or self._heed_wishes()
            due = self.scheduler.next_due()
            if not busy and (due is None or due > self.clock.now()):
                return due

    def _heed_wishes(self) -> bool:
        """End what is to end before it was started, as an agent does; say whether there was any."""
        with self.db.read() as tx:
            wished = [row.id for row in attempts.list_wished(tx) if row.state == A.QUEUED]
        if wished:
            self.finish(Ending(token, A.STOPPED, _NOT_STARTED) for token in wished)
        return bool(wished)

    def claim(self, limit: int = 1000) -> list[Any]:
        """Take queued attempts, most important first."""
        with self.db.write() as tx:
            rows = claims.list_queued(tx, None, limit)
            if rows:
                claims.claim(tx, rows, HOST, self.epoch)
        return rows

    def finish(self, endings: Iterable[Ending]) -> None:
        """Write how attempts ended."""
        with self.db.write() as tx:
            attempts.finish(tx, list(endings), HOST, self.policy)

    def jump_to(self, moment: datetime) -> None:
        """Set the clock forwards."""
        self.clock.advance(max(0.0, (moment - self.clock.now()).total_seconds()))

    def switch_off(self, dag_id: str) -> None:
        """Have a DAG's schedule make no more runs."""
        with self.db.write() as tx:
            dags.set_next_run(tx, dag_id, None)

    def close(self) -> None:
        """Forget everything."""
        self.db.close()

    def _set_pool(self, tx: Any, name: str, count: int) -> None:
        if pools.find_pool(tx, name) is None:
            pools.add_pool(tx, {"name": name, "slots": count})
        else:
            pools.change_pool(tx, name, {"slots": count})
