"""Scheduler and a fake agent on one database, driven step by step on a virtual clock."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from new_run import make_run
from sqlalchemy import func, select

from couture_operators import DAG
from couture_operators.serialize import dag_to_dict
from couture_scheduler.clock import VirtualClock
from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import task_instance
from couture_scheduler.engine.scheduler import Scheduler
from couture_scheduler.errors import StaleState
from couture_scheduler.faults import faultpoint
from couture_scheduler.follow_ups import FollowUps
from couture_scheduler.parsing.save import save_report
from couture_scheduler.rules.retry import retry_at, start_again_at
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState, TaskState
from couture_scheduler.store import attempts, claims, hosts, runs, xcoms
from couture_scheduler.store.attempts import Ending, EndPolicy

HOST = "host"


class Rings:
    """An executor that only counts its rings."""

    name = "local"
    has_hosts = False

    def __init__(self) -> None:
        self.count = 0

    def ring(self, queued) -> None:
        self.count += 1

    def ask(self) -> None:
        self.count += 1

    def tell_watchers(self) -> None:
        pass


class World:
    def __init__(self, db: Database, clock: VirtualClock, settings: Settings):
        self.db = db
        self.clock = clock
        self.settings = settings
        self.rings = Rings()
        self.scheduler = Scheduler(db, self.rings, settings, "test")
        self.policy = EndPolicy(
            settings.max_lost, start_again_at, retry_at, FollowUps(self.scheduler.plans)
        )
        self.epoch = 0
        self.claimed: dict[str, Any] = {}
        self.new_agent()

    def save(self, *found: DAG | dict[str, Any], path: str = "file.py", touched: str = "1") -> None:
        """Save DAGs, or what is stored of them, as if a file had been parsed."""
        report = {
            "dags": [dag_to_dict(one) if isinstance(one, DAG) else one for one in found],
            "sources": {path: "# source"},
            "touched": {path: touched},
            "threads": 1,
        }
        with self.db.write() as tx:
            save_report(tx, path, report, self.settings)

    def trigger(self, dag_id: str, run_id: str | None = None, at: datetime | None = None) -> str:
        with self.db.write() as tx:
            return make_run(tx, dag_id, run_id, at)

    def step(self) -> None:
        """Let the scheduler look until nothing is due."""
        while True:
            self.scheduler.step()
            due = self.scheduler.next_due()
            if due is None or due > self.clock.now():
                return

    def new_agent(self) -> None:
        """Start an agent: what an earlier one was running is lost."""
        self.claimed.clear()
        with self.db.write() as tx:
            self.epoch = hosts.begin_epoch(tx, HOST, 8, None, timedelta(seconds=30))
            rows = attempts.list_live(tx, HOST, self.epoch)
            endings = [Ending(row.token, AttemptState.LOST, "agent lost") for row in rows]
            attempts.finish(tx, endings, "agent", self.policy)

    def claim(self, limit: int = 100, queues: list[str] | None = None) -> list[Any]:
        with self.db.write() as tx:
            rows = claims.list_queued(tx, queues, limit)
            if rows:
                claims.claim(tx, rows, HOST, self.epoch)
            faultpoint("agent.before_commit")
        faultpoint("agent.after_commit")
        self.claimed |= {row.token: row for row in rows}
        return rows

    def push(self, row: Any, length: int | None = None, key: str = "return_value") -> None:
        """Leave a value of some length, as a running task does."""
        of = {name: getattr(row, name) for name in ("run_pk", "dag_id", "task_id", "map_index")}
        with self.db.write() as tx:
            xcoms.put(tx, [{**of, "key": key, "value": "[]", "length": length}])

    def finish(self, token: str, state: AttemptState = AttemptState.SUCCESS, **more: Any) -> None:
        ending = Ending(token, state, more.pop("reason", None), **more)
        with suppress(StaleState), self.db.write() as tx:
            attempts.finish(tx, [ending], "agent", self.policy)
            faultpoint("agent.before_commit")
        faultpoint("agent.after_commit")
        self.claimed.pop(token, None)

    def heed_unclaimed(self) -> None:
        """End what people wished to end before it was claimed, as the agent does before it claims."""
        with self.db.write() as tx:
            endings = [
                Ending(row.id, AttemptState.STOPPED, "Stopped before it was started.")
                for row in attempts.list_wished(tx)
                if row.state == AttemptState.QUEUED
            ]
            attempts.finish(tx, endings, "agent", self.policy)

    def heed(self) -> list[str]:
        """End all that people wished to end; return the tokens of what had been claimed."""
        self.heed_unclaimed()
        with self.db.read() as tx:
            wished = [row.id for row in attempts.list_wished(tx) if row.id in self.claimed]
        for token in wished:
            self.finish(token, AttemptState.STOPPED)
        return wished

    def play(
        self,
        outcome: Callable[[Any], AttemptState] = lambda _: AttemptState.SUCCESS,
        turns: int = 99,
    ) -> None:
        """Run everything to its end; `outcome` says how each attempt ends."""
        for _ in range(turns):
            self.step()
            self.heed()
            self.claim()
            if not self.claimed and not self._await_lost():
                return
            for token, row in list(self.claimed.items()):
                self.finish(token, outcome(row))

    def _await_lost(self) -> bool:
        """Let the pause after a lost attempt pass; say whether there was one."""
        query = select(func.min(task_instance.c.due_at)).where(task_instance.c.lost_count > 0)
        with self.db.read() as tx:
            due = tx.scalar(query.where(task_instance.c.state == TaskState.NONE))
        if due is None or due <= self.clock.now():
            return False
        self.clock.advance((due - self.clock.now()).total_seconds())
        return True

    def run_state(self, dag_id: str, run_id: str) -> str:
        with self.db.read() as tx:
            return runs.get_run(tx, dag_id, run_id).state

    def states(self, dag_id: str, run_id: str) -> dict[str, str]:
        with self.db.read() as tx:
            run = runs.get_run(tx, dag_id, run_id)
            return {row.task_id: row.state for row in runs.list_tis(tx, run.id)}

    def instances(self, dag_id: str, run_id: str, task_id: str) -> dict[int, str]:
        """Return the states of a task's instances by their map_index."""
        with self.db.read() as tx:
            rows = runs.list_tis(tx, runs.get_run(tx, dag_id, run_id).id)
        found = {row.map_index: row.state for row in rows if row.task_id == task_id}
        return dict(sorted(found.items()))

    def ti(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> Any:
        with self.db.read() as tx:
            row = runs.find_ti(tx, runs.get_run(tx, dag_id, run_id).id, task_id, map_index)
        assert row is not None
        return row
