"""The scheduler process: wake, decide, queue, ring. It sleeps until it is rung or until the earliest
time that the database names, and looks again only while doorbells of its own are unanswered.
"""

import contextlib
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from couture_scheduler.db.database import AWAY, Database, Tx
from couture_scheduler.engine.create_asset_runs import create_asset_runs
from couture_scheduler.engine.create_runs import create_due_runs
from couture_scheduler.engine.decide import Ready, decide_run
from couture_scheduler.engine.give_slots import give_slots
from couture_scheduler.engine.loop_figures import LoopFigures
from couture_scheduler.engine.ring_again import ring_again, soon
from couture_scheduler.engine.run_backfills import run_backfills
from couture_scheduler.engine.take_over import take_over_silent
from couture_scheduler.engine.watch_slas import watch_slas
from couture_scheduler.errors import StaleState
from couture_scheduler.executors.base import Executor
from couture_scheduler.faults import faultpoint
from couture_scheduler.follow_ups import FollowUps
from couture_scheduler.ipc import Bell
from couture_scheduler.isolation import SECONDS, Isolation
from couture_scheduler.pace import Pace
from couture_scheduler.plans import Plans
from couture_scheduler.processes import when_there
from couture_scheduler.rules.retry import retry_at, start_again_at
from couture_scheduler.settings import Settings
from couture_scheduler.store import callbacks, jobs, rings, runs, turns
from couture_scheduler.store.attempts import EndPolicy

log = logging.getLogger(__name__)
_RUNS_A_LOOK = 50
_LOOK_SECONDS = 2.0  #: between two looks for doorbells that nobody answers
_AFTER_A_FAILURE = 1.0  #: seconds until what fails by itself is tried again


class Scheduler:
    """The decisions, without process or socket: what a simulation drives.

    Args:
        executor: rings the doorbell of what was queued.

    Attributes:
        isolation: while it is on, a run, DAG or task instance that fails keeps no other from going on.
        awaits_answers: whether doorbells were rung that perhaps nobody has answered.
    """

    def __init__(self, db: Database, executor: Executor, settings: Settings, name: str):
        self.db = db
        self.executor = executor
        self.settings = settings
        self.actor = f"scheduler@{name}"
        self.plans = Plans()
        self.figures = LoopFigures()
        self.awaits_answers = False
        follow_up = FollowUps(self.plans, on_callback=executor.ask)
        self.isolation = Isolation()
        self._policy = EndPolicy(settings.max_lost, start_again_at, retry_at, follow_up)

    def step(self) -> bool:
        """Do what is due, in one transaction, and ring what was queued.

        Returns:
            Whether there may be more to do at once.
        """
        self.isolation.has_failed = False
        try:
            with self.db.write() as tx:
                busy = self._look(tx)
                faultpoint("scheduler.before_commit")
        except StaleState as stale:
            log.debug("looking again: %s", stale)
            return True
        return busy

    def _look(self, tx: Tx) -> bool:
        something = turns.what_is_due(tx)
        created = self._create_runs(tx, something)
        due = runs.list_due(tx, _RUNS_A_LOOK)
        ready, started = [], []
        ask = partial(tx.after_commit, self.executor.ask)
        for run in due:
            ready += self._decide(tx, run, ask, started)
        if started:
            tx.after_commit(partial(self.figures.note_starts, started, tx.now))
        queued: dict[str, str] = {}
        if ready or something.waiting:
            queued = give_slots(
                *(tx, self.plans, ready, self.actor, self.executor.name, self.isolation),
                waits=something.waiting,
            )
        if queued:
            tx.after_commit(partial(self._ring, queued))
        if callbacks.is_waiting(tx):
            tx.after_commit(self.executor.ask)
        if created or due:
            tx.after_commit(self.executor.tell_watchers)
        return len(due) == _RUNS_A_LOOK

    def _create_runs(self, tx: Tx, something: turns.Due) -> int:
        alone = self.isolation.alone
        created = create_due_runs(tx, self.plans, self.actor, alone) if something.dags else 0
        if something.assets:
            make = partial(create_asset_runs, tx, self.plans, self.actor)
            created += alone(tx, "Creating runs for assets", make) or 0
        if something.backfills:
            make = partial(run_backfills, tx, self.plans, self.actor)
            created += alone(tx, "Creating runs of backfills", make) or 0
        return created

    def _decide(self, tx: Tx, run: Any, ask: Callable[[], None], started: list[Any]) -> list[Ready]:
        def decide() -> list[Ready]:
            ready = decide_run(tx, self.plans, run, self.actor, ask, started.append)
            watch_slas(tx, self.plans, run)
            return ready

        what = f"Looking at run {run.run_id} of DAG {run.dag_id}"
        ready = self.isolation.alone(tx, what, decide)
        if ready is None:
            runs.set_wake(tx, run.id, tx.now + timedelta(seconds=SECONDS))
        return ready or []

    def _ring(self, queued: dict[str, str]) -> None:
        faultpoint("scheduler.after_commit_before_ring")
        self.awaits_answers = True
        self.executor.ring(queued)

    def ring_again(self) -> None:
        """Ring the doorbells that nobody has answered."""
        with self.db.read() as tx:
            first = rings.first_rung_at(tx)
            self.awaits_answers = first is not None
            if first is None or first > tx.now - soon(self.settings):
                return
        with self.db.write() as tx:
            if unanswered := ring_again(tx, self.settings):
                tx.after_commit(partial(self.executor.ring, unanswered))

    def beat(self, job_id: int | None) -> None:
        """Show a sign of life, and take over hosts that have shown none for long."""
        with self.db.write() as tx:
            if self.executor.has_hosts:
                take_over_silent(tx, self.settings, self._policy, self.actor)
            jobs.beat(tx, job_id, self.figures.to_json())

    def next_due(self) -> datetime | None:
        """Return the earliest time that the database names."""
        with self.db.read() as tx:
            return turns.next_due(tx)


class SchedulerProcess:
    """The loop round a `Scheduler`: bell, timer, heartbeat, stop."""

    def __init__(self, scheduler: Scheduler, bell: Bell):
        self.scheduler = scheduler
        self.bell = bell
        self.stopping = False
        self.job_id: int | None = None
        self._next_beat = self._next_look = 0.0
        self._pace = Pace()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_write.setblocking(False)
        signal.set_wakeup_fd(self._wake_write.fileno())

    def run(self) -> None:
        """Serve until stopped."""
        poll = select.poll()
        poll.register(self.bell, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        told_to_stop = select.poll()
        told_to_stop.register(self._wake_read, select.POLLIN)
        when_there(self._begin)
        while not self.stopping:
            try:
                wait = self._turn()
            except (StaleState, *AWAY) as error:
                why = getattr(error, "orig", error)
                log.warning("The database is away; the scheduler tries again in a second: %s", why)
                wait = 1.0
            except Exception:
                log.exception("The scheduler loop failed; it goes on in a second, each run alone")
                self.scheduler.isolation.begin()
                wait = 1.0
            if poll.poll(wait * 1000):
                told_to_stop.poll(self._pace.wait * 1000)
            self.bell.hush()
        with contextlib.suppress(StaleState, *AWAY), self.scheduler.db.write() as tx:
            jobs.end(tx, self.job_id)

    def _begin(self) -> None:
        settings = self.scheduler.settings
        with self.scheduler.db.write() as tx:
            self.job_id = jobs.start(tx, "SchedulerJob", settings.host_name, os.getpid(), _is_gone)

    def _turn(self) -> float:
        with self._pace, self.scheduler.figures.turn():
            while self.scheduler.step():
                self._look_at_clock()
        self._look_at_clock()
        until_beat = self._next_beat - time.monotonic()
        if self.scheduler.awaits_answers:
            until_beat = min(until_beat, self._next_look - time.monotonic())
        due = self.scheduler.next_due()
        if due is None:
            return max(0.0, until_beat)
        until_due = (due - self.scheduler.db.clock.now()).total_seconds()
        if self.scheduler.isolation.has_failed:  # what could not be done is due all the time
            until_due = max(until_due, _AFTER_A_FAILURE)
        return max(0.0, min(until_beat, until_due))

    def _look_at_clock(self) -> None:
        now = time.monotonic()
        if now >= self._next_beat:
            self._next_beat = now + self.scheduler.settings.heartbeat_seconds
            self.scheduler.beat(self.job_id)
            self.scheduler.awaits_answers = True  # what other schedulers rang is looked at, too
        if self.scheduler.awaits_answers and now >= self._next_look:
            self._next_look = now + _LOOK_SECONDS
            self.scheduler.ring_again()

    def stop(self) -> None:
        """End the loop after the current turn."""
        self.stopping = True


def _is_gone(pid: int) -> bool:
    """Say of a scheduler of this host whether it has ended; others may run beside this one."""
    return not os.path.exists(f"/proc/{pid}") or pid == os.getpid()  # noqa: PTH110
