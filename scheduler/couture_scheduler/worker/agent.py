"""The host agent: claims attempts, has them forked, serves them, and commits how they ended.

One asyncio thread. It alone of the worker host's processes holds the database URL and the key, and
it never forks itself. Each `_pump` is one transaction: what children left, what ended, what is
claimed next.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from couture_scheduler import ipc
from couture_scheduler.asset_events import triggering_events
from couture_scheduler.db.database import Database
from couture_scheduler.errors import StaleState
from couture_scheduler.faults import faultpoint
from couture_scheduler.follow_ups import FollowUps
from couture_scheduler.ipc import Bell, Ringer
from couture_scheduler.plans import Plans
from couture_scheduler.rules.retry import retry_at, start_again_at
from couture_scheduler.secrets import Vault
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState, RunType
from couture_scheduler.store import attempts, dags, jobs, mails, runs
from couture_scheduler.store import callbacks as call_backs
from couture_scheduler.store.attempts import Ending, EndPolicy
from couture_scheduler.worker import process, recovery
from couture_scheduler.worker.asking import Asking
from couture_scheduler.worker.attempts import Attempts, Host
from couture_scheduler.worker.callbacks import Callbacks, RunningCallback
from couture_scheduler.worker.kernels import USUAL_KERNEL, Kernels
from couture_scheduler.worker.launch import Launcher
from couture_scheduler.worker.listener import Listener
from couture_scheduler.worker.mailer import Mailer
from couture_scheduler.worker.outbox import Outbox
from couture_scheduler.worker.ownership import Ownership
from couture_scheduler.worker.parses import Parses
from couture_scheduler.worker.requests import Requests
from couture_scheduler.worker.run_as import RunAs, run_as
from couture_scheduler.worker.zygotes import Handle, Zygotes

log = logging.getLogger(__name__)
A = AttemptState
_LEASE = timedelta(seconds=30)


class Agent:
    """All attempts of one host."""

    def __init__(self, settings: Settings, db: Database, vault: Vault):
        self.settings = settings
        self.db = db
        self.host = socket.gethostname()
        self.requests = Requests(
            db, vault, self.host, settings, lambda kind: self._ringer.ring(kind)
        )
        self.launcher = Launcher(settings, self.host)
        self.plans = Plans()
        self.mailer = Mailer(settings, db, vault)
        self.requests.on_mail = self.mailer.call
        follow_up = FollowUps(self.plans, self.mailer.call, self._on_asked)
        self.policy = EndPolicy(settings.max_lost, start_again_at, retry_at, follow_up)
        self.epoch = 0
        self.stopping = False
        self._outbox = Outbox(
            self._actor, self.policy, lambda token, reason: self.attempts.spoil(token, reason)
        )
        self._pump_due = False
        self._asking = Asking()
        self._look_due = False
        self._sources: dict[str, tuple[Any, dict[str, str], RunAs]] = {}
        self._journal = recovery.Journal(settings.run_path)
        self._ringer = Ringer(settings.run_path / "bells")
        self._over = asyncio.Event()
        self.zygotes = Zygotes(
            self._on_zygote,
            self._on_lost,
            self._journal.add,
            lambda message: self.requests.answer(message, None),
            {"COUTURE_BASE_URL": settings.base_url},
        )
        self.ownership = Ownership(settings)
        self.parses = Parses(settings, self.zygotes, self.requests, self._author_of)
        self.kernels = Kernels(settings, self.zygotes, _later, self.ownership)
        host = Host(
            settings=settings,
            db=db,
            plans=self.plans,
            zygotes=self.zygotes,
            launcher=self.launcher,
            requests=self.requests,
            kernels=self.kernels,
            ownership=self.ownership,
            wake=self.wake,
            flush=self._pump,
            on_process=self._journal.add,
        )
        self.attempts = Attempts(host, self._outbox)
        self.callbacks = Callbacks(
            settings,
            self.zygotes,
            self.launcher,
            self.requests,
            self._load,
            self.wake,
            self._actor,
            self._journal.add,
        )

    async def run(self) -> None:
        """Serve until stopped; then drain, hand back what still runs and end every process."""
        process.become_subreaper()
        with self.db.read() as tx:
            self.ownership.begin(tx)
            self.nobody = run_as(tx, self.settings, None)
        with contextlib.ExitStack() as stack:
            stack.enter_context(recovery.only_agent(self.settings.run_path))
            bell = Bell(self.settings.run_path / "bells", "agent")
            stack.callback(bell.close)
            self._recover()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
            loop.add_reader(bell, self._on_bell, bell)
            listener = Listener(self.settings.run_path, self.parses.submit)
            stack.callback(listener.close)
            self.zygotes.base(who=self.nobody)
            if self._has_notebooks():
                self.kernels.warm(USUAL_KERNEL, self.nobody)
            ticking = loop.create_task(self._tick())
            self.mailer.start()
            stack.callback(self.mailer.close)
            self.wake()
            await self._over.wait()
            ticking.cancel()
            self.zygotes.close()
            self.kernels.close()
            process.kill_orphans(set())
            with self.db.write() as tx:
                jobs.end(tx, self.job_id)
            self._journal.clear()

    def _recover(self) -> None:
        """Begin a new epoch: what an earlier agent of this host was running is proved dead and lost."""
        self._journal.kill_all()
        with self.db.write() as tx:
            self.epoch = jobs.begin_epoch(
                tx, self.host, self.settings.slots, self.settings.queue_names, _LEASE
            )
            rows = attempts.list_live(tx, self.host, self.epoch)
            reason = "The host agent ended while it ran; it starts again."
            endings = [Ending(row.token, A.LOST, reason) for row in rows]
            attempts.finish(tx, endings, self._actor, self.policy)
            self.callbacks.recover(tx, self.host, self.epoch)
            self.job_id = jobs.start(tx, "AgentJob", self.host, os.getpid())
        self._ringer.ring("scheduler")

    @property
    def _actor(self) -> str:
        return f"agent@{self.host}"

    def wake(self) -> None:
        """Have the next turn of the loop do what there is to do, once."""
        if not self._pump_due:
            self._pump_due = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _on_bell(self, bell: Bell) -> None:
        bell.hush()
        self._asking.ring()
        self.wake()

    def _on_asked(self) -> None:
        self._asking.ring(at_once=True)
        self.wake()

    def _look_later(self) -> None:
        """Have a look that a doorbell wants follow, where one was not long ago."""
        wait = self._asking.in_seconds
        if wait is not None and not self._look_due:
            self._look_due = True
            asyncio.get_running_loop().call_later(wait, self._wake_to_look)

    def _wake_to_look(self) -> None:
        self._look_due = False
        self.wake()

    def _pump(self) -> None:
        self._pump_due = False
        try:
            rows, calls, finished = self._transact()
        except StaleState:
            self.wake()
            return
        except Exception:
            log.exception("The agent's transaction failed; it is repeated in a second")
            asyncio.get_running_loop().call_later(1.0, self.wake)
            return
        faultpoint("agent.after_commit")
        self._look_later()
        if finished:
            self._ringer.ring("scheduler")
        if finished or rows:
            self._ringer.ring("live")
        for row, run, events in rows:
            self.attempts.start(row, run, events, self._sources[row.file_version_id])
        for one in calls:
            self.callbacks.start(one)
        while len(self._sources) > 64:
            self._sources.pop(next(iter(self._sources)))
        is_busy = self.attempts.running or self._outbox.ending or self.callbacks.is_busy
        if self.stopping and not is_busy:
            self._over.set()

    def _transact(self) -> tuple[list[tuple[Any, Any, Any]], list[RunningCallback], bool]:
        looks = self._asking.is_time()
        with self.db.write() as tx:
            written = self._outbox.write(tx)
            if looks:
                self._heed_wishes(tx)
                tx.after_commit(self._asking.looked)
            claimed = self._claim(tx, len(self._outbox.ending))
            claims = not self.stopping and (looks or self.callbacks.has_ended)
            calls = self.callbacks.write(tx, self.host, self.epoch, claims=claims)
            faultpoint("agent.before_commit")
        ended = self._outbox.settle(written)
        had_calls = self.callbacks.settle()
        self.attempts.forget(ended)
        return claimed, calls, bool(ended) or had_calls

    def _claim(self, tx: Any, ending: int) -> list[tuple[Any, Any, Any]]:
        free = self.settings.slots - len(self.attempts.running) + ending
        if self.stopping or free <= 0:
            return []
        rows = attempts.list_queued(tx, self.settings.queue_names, free)
        if not rows:
            return []
        attempts.claim(tx, rows, self.host, self.epoch)
        found = {run.id: run for run in runs.list_by_pk(tx, {row.run_pk for row in rows})}
        for row in rows:
            self.plans.get(tx, row.attempt_dag_version_id)
            self._load(tx, row.file_version_id)
        events = {
            run.id: triggering_events(tx, run.id) if run.run_type == RunType.TRIGGERED else {}
            for run in found.values()
        }
        return [(row, found[row.run_pk], events[row.run_pk]) for row in rows]

    def _load(self, tx: Any, file_version_id: str) -> tuple[Any, dict[str, str], RunAs]:
        """Return a file version, its sources and whose it is, read once."""
        if file_version_id not in self._sources:
            version, sources = dags.get_file_version(tx, file_version_id)
            who = run_as(tx, self.settings, version.account)
            self._sources[file_version_id] = version, sources, who
        return self._sources[file_version_id]

    def _heed_wishes(self, tx: Any) -> None:
        """End what people asked to end; what was not claimed yet ends without a process."""
        unclaimed = []
        for row in attempts.list_wished(tx):
            if row.state == A.QUEUED:
                unclaimed.append(Ending(row.id, A.STOPPED, "Stopped before it was started."))
            elif self.attempts.owns(row.id):
                attempt = self.attempts.running[row.id]
                self.attempts.kill(attempt, A.STOPPED, "Stopped by a person.")
        if unclaimed:
            attempts.finish(tx, unclaimed, self._actor, self.policy)
            tx.after_commit(lambda: self._ringer.ring("scheduler"))

    def _on_zygote(self, handle: Handle, message: ipc.Message) -> None:
        token = message["token"]
        if self.parses.owns(token):
            self.parses.on_message(message)
            return
        if self.kernels.owns(token):
            if message["op"] == "started":
                self._journal.add(message["pid"], handle.uid)
            self.kernels.on_message(message)
            return
        if self.callbacks.owns(token):
            self.callbacks.on_message(handle, message)
            return
        if self.attempts.owns(token):
            self.attempts.on_message(handle, message)

    def _on_lost(self, tokens: set[str]) -> None:
        for token in tokens:
            if self.parses.owns(token):
                self.parses.on_lost(token)
            elif self.kernels.owns(token):
                self.kernels.on_lost(token)
            elif self.callbacks.owns(token):
                self.callbacks.on_lost(token)
            elif self.attempts.owns(token):
                self.attempts.on_lost(token)

    async def _tick(self) -> None:
        """Look at the clock: time limits, signs of life, idle zygotes."""
        next_beat = 0.0
        while True:
            now = time.monotonic()
            try:
                self._check_times(now)
                if now >= next_beat:
                    next_beat = now + self.settings.heartbeat_seconds
                    self._beat()
            except Exception:
                log.exception("A look at the clock failed; the next one follows")
            is_busy = self.attempts.running or self.callbacks.is_busy
            await asyncio.sleep(0.5 if is_busy else next_beat - now)

    def _check_times(self, now: float) -> None:
        self.attempts.check_times(now)
        if self.attempts.running:
            self.zygotes.end_hanging(self.settings.parse_timeout)
        self.callbacks.check_times(now)
        if self._outbox.is_due:
            self.wake()

    def _beat(self) -> None:
        with self.db.write() as tx:
            jobs.beat(tx, self.job_id)
            jobs.renew_lease(tx, self.host, _LEASE)
            if call_backs.is_waiting(tx):
                tx.after_commit(self._on_asked)
            if mails.is_due(tx):
                tx.after_commit(self.mailer.call)
        self.zygotes.let_go_idle()
        self.kernels.tick(self._has_notebooks)

    def _author_of(self, path: str) -> RunAs:
        """Return under whom a DAG file is imported, and let that person's processes read it."""
        with self.db.read() as tx:
            who = self.ownership.author_of(tx, path)
        self.ownership.make_home(who)
        return who

    def _has_notebooks(self) -> bool:
        with self.db.read() as tx:
            return dags.has_notebook_tasks(tx)

    def stop(self) -> None:
        """Stop claiming; after the grace time hand back what still runs."""
        if self.stopping:
            return
        self.stopping = True
        loop = asyncio.get_running_loop()
        loop.call_later(self.settings.stop_grace_seconds, self._hand_back)
        self.wake()

    def _hand_back(self) -> None:
        self.attempts.hand_back()
        asyncio.get_running_loop().call_later(3.0, self._over.set)


def _later(seconds: float, call: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, call)
