"""The scheduler process: wake, decide, queue, ring. It never polls: it sleeps until it is rung or
until the earliest time that the database names.
"""

import logging
import os
import select
import signal
import socket
import time
from datetime import datetime, timedelta
from functools import partial

from couture_scheduler.db.database import Database, Tx
from couture_scheduler.engine.create_asset_runs import create_asset_runs
from couture_scheduler.engine.create_runs import create_due_runs
from couture_scheduler.engine.decide import decide_run
from couture_scheduler.engine.give_slots import give_slots
from couture_scheduler.engine.run_backfills import run_backfills
from couture_scheduler.engine.watch_slas import watch_slas
from couture_scheduler.errors import StaleState
from couture_scheduler.executors.base import Executor
from couture_scheduler.faults import faultpoint
from couture_scheduler.ipc import Bell
from couture_scheduler.plans import Plans
from couture_scheduler.settings import Settings
from couture_scheduler.store import attempts, callbacks, jobs, runs, turns

log = logging.getLogger(__name__)
_RUNS_A_LOOK = 50


class Scheduler:
    """The decisions, without process or socket: what a simulation drives.

    Args:
        executor: rings the doorbell of what was queued.
    """

    def __init__(self, db: Database, executor: Executor, settings: Settings, name: str):
        self.db = db
        self.executor = executor
        self.settings = settings
        self.actor = f"scheduler@{name}"
        self.plans = Plans()

    def step(self) -> bool:
        """Do what is due, in one transaction, and ring what was queued.

        Returns:
            Whether there may be more to do at once.
        """
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
        created = create_due_runs(tx, self.plans, self.actor) if something.dags else 0
        created += create_asset_runs(tx, self.plans, self.actor) if something.assets else 0
        created += run_backfills(tx, self.plans, self.actor) if something.backfills else 0
        due = runs.list_due(tx, _RUNS_A_LOOK)
        ready = []
        for run in due:
            ready += decide_run(
                tx, self.plans, run, self.actor, partial(tx.after_commit, self._ring)
            )
            watch_slas(tx, self.plans, run)
        queued = 0
        if ready or something.waiting:
            queued = give_slots(
                tx, self.plans, ready, self.actor, self.executor.name, waits=something.waiting
            )
        if queued or callbacks.is_waiting(tx):
            tx.after_commit(self._ring)
        if created or due:
            tx.after_commit(self.executor.tell_watchers)
        return len(due) == _RUNS_A_LOOK

    def _ring(self) -> None:
        faultpoint("scheduler.after_commit_before_ring")
        self.executor.ring()

    def ring_again(self) -> None:
        """Ring the doorbells that nobody has answered."""
        with self.db.write() as tx:
            older = tx.now - timedelta(seconds=self.settings.ring_again_seconds)
            if attempts.ring_again(tx, older):
                tx.after_commit(self.executor.ring)

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
        self._next_beat = 0.0
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_write.setblocking(False)
        signal.set_wakeup_fd(self._wake_write.fileno())

    def run(self) -> None:
        """Serve until stopped."""
        poll = select.poll()
        poll.register(self.bell, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        with self.scheduler.db.write() as tx:
            self.job_id = jobs.start(tx, "SchedulerJob", socket.gethostname(), os.getpid())
        while not self.stopping:
            try:
                wait = self._turn()
            except Exception:
                log.exception("The scheduler loop failed; it goes on in a second")
                wait = 1.0
            poll.poll(wait * 1000)
            self.bell.hush()
        with self.scheduler.db.write() as tx:
            jobs.end(tx, self.job_id)

    def _turn(self) -> float:
        while self.scheduler.step():
            self._beat()
        self._beat()
        until_beat = self._next_beat - time.monotonic()
        due = self.scheduler.next_due()
        if due is None:
            return max(0.0, until_beat)
        until_due = (due - self.scheduler.db.clock.now()).total_seconds()
        return max(0.0, min(until_beat, until_due))

    def _beat(self) -> None:
        if time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + self.scheduler.settings.heartbeat_seconds
        with self.scheduler.db.write() as tx:
            jobs.beat(tx, self.job_id)
        self.scheduler.ring_again()

    def stop(self) -> None:
        """End the loop after the current turn."""
        self.stopping = True
