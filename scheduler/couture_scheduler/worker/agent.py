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
import time
from collections.abc import Callable
from typing import Any

from couture_scheduler import ipc
from couture_scheduler.db.database import AWAY, Database, Tx
from couture_scheduler.errors import StaleState
from couture_scheduler.faults import faultpoint
from couture_scheduler.follow_ups import FollowUps
from couture_scheduler.ipc import Bell, Ringer
from couture_scheduler.pace import Pace
from couture_scheduler.plans import Plans
from couture_scheduler.processes import when_there
from couture_scheduler.rules.retry import retry_at, start_again_at
from couture_scheduler.secrets import Vault
from couture_scheduler.settings import Settings
from couture_scheduler.states import ATTEMPT_LIVE, AttemptState, TaskState
from couture_scheduler.store import attempts, dags, jobs, mails
from couture_scheduler.store import callbacks as call_backs
from couture_scheduler.store.attempts import Ending, EndPolicy
from couture_scheduler.worker import process, recovery
from couture_scheduler.worker.asking import Asking
from couture_scheduler.worker.attempts import Attempts, Host
from couture_scheduler.worker.callbacks import Callbacks, RunningCallback
from couture_scheduler.worker.claiming import Claim, Claiming
from couture_scheduler.worker.kernels import USUAL_KERNEL, Kernels
from couture_scheduler.worker.launch import Launcher
from couture_scheduler.worker.listener import Listener
from couture_scheduler.worker.mailer import Mailer
from couture_scheduler.worker.orders import STOPPING, Orders, Reply
from couture_scheduler.worker.outbox import Outbox
from couture_scheduler.worker.ownership import Ownership
from couture_scheduler.worker.parses import Parses
from couture_scheduler.worker.requests import Requests
from couture_scheduler.worker.run_as import RunAs, run_as
from couture_scheduler.worker.tenure import Tenure
from couture_scheduler.worker.zygotes import Handle, Zygotes

log = logging.getLogger(__name__)
_WARM_AFTER = 3.0  #: seconds; what an earlier agent was running starts first
A = AttemptState


class Agent:
    """All attempts of one host."""

    def __init__(self, settings: Settings, db: Database, vault: Vault):
        self.settings = settings
        self.db = db
        self.host = settings.host_name
        self.requests = Requests(
            db, vault, self.host, settings, lambda kind: self._ringer.ring(kind)
        )
        self.launcher = Launcher(settings, self.host)
        self.plans = Plans()
        self.mailer = Mailer(settings, db, vault)
        self.requests.on_mail = self.mailer.call
        follow_up = FollowUps(self.plans, self.mailer.call, self._on_asked)
        self.policy = EndPolicy(settings.max_lost, start_again_at, retry_at, follow_up)
        self.orders = Orders() if settings.executor != "local" else None
        self.stopping = False
        self._outbox = Outbox(
            self._actor, self.policy, lambda token, reason: self.attempts.spoil(token, reason)
        )
        self._pump_due = self._is_cut_off = False
        self._pace = Pace()
        self._again: asyncio.TimerHandle | None = None
        self._asking = Asking()
        self._look_due = False
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
        )
        self.attempts = Attempts(host, self._outbox)
        self.callbacks = Callbacks(
            settings,
            self.zygotes,
            self.launcher,
            self.requests,
            lambda tx, file_version_id: self._claiming.load(tx, file_version_id),
            self.wake,
            self._actor,
        )
        self.tenure = Tenure(
            settings,
            db,
            self.zygotes,
            self.policy,
            self._actor,
            lambda tx, epoch: self.callbacks.recover(tx, self.host, epoch),
        )
        self._claiming = Claiming(settings, self.tenure, self.orders, self.plans)

    async def run(self) -> None:
        """Serve until stopped; then drain, hand back what still runs and end every process."""
        process.become_subreaper()
        when_there(self._begin)
        with contextlib.ExitStack() as stack:
            stack.enter_context(recovery.only_agent(self.settings.run_path))
            bell = Bell(self.settings.run_path / "bells", "agent")
            stack.callback(bell.close)
            when_there(self._recover)
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.stop)
            loop.add_reader(bell, self._on_bell, bell)
            stack.callback(loop.remove_reader, bell)  # nobody reads one that is closed
            listener = Listener(self.settings.run_path, self._on_asked_for)
            stack.callback(listener.close)
            self.zygotes.base(who=self.nobody)
            if self.settings.slots > 0:
                _later(_WARM_AFTER, self._warm_kernels)
            ticking = loop.create_task(self._tick())
            self.mailer.start()
            stack.callback(self.mailer.close)
            self.wake()
            await self._over.wait()
            ticking.cancel()
            self.zygotes.close()
            self.kernels.close()
            process.kill_orphans(set())
            with contextlib.suppress(StaleState, *AWAY), self.db.write() as tx:
                jobs.end(tx, self.job_id)
                self.tenure.end(tx)
            self._journal.clear()

    def _begin(self) -> None:
        with self.db.read() as tx:
            self.ownership.begin(tx)
            self.nobody = run_as(tx, self.settings, None)

    def _recover(self) -> None:
        """Begin anew: what an earlier agent of this host was running is proved dead and lost."""
        self._journal.kill_all()
        self.tenure.begin("The host agent ended while it ran; it starts again.")
        with self.db.write() as tx:
            self.job_id = jobs.start(tx, "AgentJob", self.host, os.getpid())
        self._ringer.ring("scheduler")

    @property
    def _actor(self) -> str:
        return f"agent@{self.host}"

    def wake(self) -> None:
        """Have the next turn of the loop do what there is to do, once.

        Where the last transaction failed, what is left of its pause is waited for.
        """
        if not self._pump_due and self._again is None:
            self._pump_due = True
            asyncio.get_running_loop().call_later(self._pace.wait, self._pump)

    def _on_bell(self, bell: Bell) -> None:
        bell.hush()
        self._asking.ring()
        self.wake()

    def _on_asked_for(self, message: ipc.Message, reply: Reply) -> None:
        """Somebody at our socket wants a file imported, an attempt run, or one stopped."""
        op = message.get("op")
        if op is None:
            self.parses.submit({"root": message["root"], "path": message["path"]}, reply)
        elif op == "stop":
            with contextlib.suppress(StaleState, *AWAY):  # its next message says so again
                self._stop_attempt(message["token"], if_running=message["if_running"])
            reply({})
        elif op == "takes":
            reply({"takes": self._claims and not self._is_cut_off})
        elif self.orders is None or self.stopping:
            reply({"state": STOPPING})
        else:
            self.orders.add(message["token"], reply)
            self.wake()

    def _stop_attempt(self, token: str, *, if_running: bool) -> None:
        states = ATTEMPT_LIVE if if_running else (A.QUEUED,)
        with self.db.write() as tx:
            attempts.wish_by_token(tx, token, TaskState.FAILED, states)
        self._on_asked()

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
            with self._pace:
                claimed, calls, finished = self._transact()
        except StaleState:
            self.wake()
            return
        except AWAY as error:
            self._is_cut_off = True
            log.warning("The database is away; the agent tries again in a second: %s", error.orig)
            self._pump_later()
            return
        except Exception:
            log.exception("The agent's transaction failed; it is repeated in a second")
            self._claiming.isolation.begin()
            self._pump_later()
            return
        self._is_cut_off = False
        faultpoint("agent.after_commit")
        self._look_later()
        if finished:
            self._ringer.ring("scheduler")
        if finished or claimed:
            self._ringer.ring("live")
        for one in claimed:
            self.attempts.start(*one, self._claiming.source_of(one))
        if any(one.row.wish for one in claimed):  # asked for before it was known to be ours
            self._on_asked()
        for one in calls:
            self.callbacks.start(one)
        self._claiming.trim()
        is_busy = self.attempts.running or self._outbox.ending or self.callbacks.is_busy
        if self.stopping and not is_busy:
            self._over.set()

    def _pump_later(self) -> None:
        if self._again is None:
            self._again = asyncio.get_running_loop().call_later(1.0, self._pump_again)

    def _pump_again(self) -> None:
        self._again = None
        self.wake()

    def _transact(self) -> tuple[list[Claim], list[RunningCallback], bool]:
        looks = self._asking.is_time()
        with self.db.write() as tx:
            written = self._outbox.write(tx)
            if looks:
                self._heed_wishes(tx)
                tx.after_commit(self._asking.looked)
            claimed = self._claim(tx)
            claims = self._claims and (looks or self.callbacks.has_ended)
            calls = self.callbacks.write(tx, self.host, self.tenure.epoch, claims=claims)
            self.tenure.renew_if_old(tx)
            faultpoint("agent.before_commit")
        ended = self._outbox.settle(written)
        self._claiming.settle(claimed, ended)
        had_calls = self.callbacks.settle()
        self.attempts.forget(ended)
        return claimed, calls, bool(ended) or had_calls

    def _claim(self, tx: Tx) -> list[Claim]:
        free = self.settings.slots - len(self.attempts.running) + len(self._outbox.ending)
        return self._claiming.claim(tx, free if self._claims else 0)

    @property
    def _claims(self) -> bool:
        return self.tenure.is_held and not self.stopping and self.settings.slots > 0

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
        if message["op"] == "started":
            self._journal.add(message["pid"], handle.uid)
        if owner := self._owner_of(message["token"]):
            owner.on_message(message)

    def _on_lost(self, tokens: set[str]) -> None:
        for token in tokens:
            if owner := self._owner_of(token):
                owner.on_lost(token)

    def _owner_of(self, token: str) -> Parses | Kernels | Callbacks | Attempts | None:
        owners = (self.parses, self.kernels, self.callbacks, self.attempts)
        return next((one for one in owners if one.owns(token)), None)

    async def _tick(self) -> None:
        """Look at the clock: time limits, signs of life, idle zygotes."""
        next_beat = 0.0
        while True:
            now = time.monotonic()
            try:
                self.tenure.check()
                self._check_times(now)
                if now >= next_beat:
                    next_beat = now + min(1.0, self.settings.heartbeat_seconds)  # if it fails
                    self._beat()
                    next_beat = now + self.settings.heartbeat_seconds
            except (StaleState, *AWAY) as error:
                self._is_cut_off |= isinstance(error, AWAY)
                log.warning("A look at the clock has to wait: %s", error)
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
        if not self.tenure.is_held:
            self.tenure.begin("Its host was cut off while it ran; it starts again.")
            self._ringer.ring("scheduler")
        with self.db.write() as tx:
            jobs.beat(tx, self.job_id)
            self.tenure.renew(tx)
            if call_backs.is_waiting(tx):
                tx.after_commit(self._on_asked)
            if mails.is_due(tx):
                tx.after_commit(self.mailer.call)
        self._is_cut_off = False
        self.zygotes.let_go_idle()
        self.kernels.tick(self._has_notebooks)

    def _author_of(self, path: str) -> RunAs:
        """Return under whom a DAG file is imported, and let that person's processes read it."""
        with self.db.read() as tx:
            who = self.ownership.author_of(tx, path)
        self.ownership.make_home(who)
        return who

    def _warm_kernels(self) -> None:
        try:
            if self._has_notebooks():
                self.kernels.warm(USUAL_KERNEL, self.nobody)
        except AWAY:
            _later(_WARM_AFTER, self._warm_kernels)

    def _has_notebooks(self) -> bool:
        with self.db.read() as tx:
            return dags.has_notebook_tasks(tx)

    def stop(self) -> None:
        """Stop claiming; after the grace time hand back what still runs."""
        if self.stopping:
            return
        self.stopping = True
        if self.orders is not None:
            self.orders.refuse()
        loop = asyncio.get_running_loop()
        loop.call_later(self.settings.stop_grace_seconds, self._hand_back)
        self.wake()

    def _hand_back(self) -> None:
        self.attempts.hand_back()
        asyncio.get_running_loop().call_later(3.0, self._over.set)


def _later(seconds: float, call: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, call)
