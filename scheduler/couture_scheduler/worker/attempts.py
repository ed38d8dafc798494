"""The attempts that run on this host: started in their file's zygote, served, ended.

What they leave goes into the outbox; the agent writes it in its next transaction.
"""

import asyncio
import contextlib
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from couture_scheduler import ipc, logs
from couture_scheduler.db.database import AWAY, Database
from couture_scheduler.errors import CoutureError
from couture_scheduler.plans import Plans
from couture_scheduler.settings import Settings
from couture_scheduler.states import AttemptState
from couture_scheduler.store.attempts import Ending
from couture_scheduler.worker.claiming import Source
from couture_scheduler.worker.kernels import FLAVOUR, USUAL_KERNEL, Kernels
from couture_scheduler.worker.launch import Launcher
from couture_scheduler.worker.outbox import Left, Outbox
from couture_scheduler.worker.ownership import Ownership
from couture_scheduler.worker.places import places_of
from couture_scheduler.worker.requests import Requests, xcom_row
from couture_scheduler.worker.running import TERM_GRACE, RunningAttempt
from couture_scheduler.worker.zygotes import Handle, Zygotes

log = logging.getLogger(__name__)
A = AttemptState
_AGAIN = 1.0  #: seconds after which a database that is away is asked again


@dataclass(frozen=True)
class Host:
    """What attempts need of the agent that they run under.

    Attributes:
        wake: has its next transaction come soon.
        flush: has it come now.
    """

    settings: Settings
    db: Database
    plans: Plans
    zygotes: Zygotes
    launcher: Launcher
    requests: Requests
    kernels: Kernels
    ownership: Ownership
    wake: Callable[[], None]
    flush: Callable[[], None]


class Attempts:
    """All attempts that this agent has claimed.

    Attributes:
        running: by their tokens, until their ends are committed.
    """

    def __init__(self, host: Host, outbox: Outbox):
        self._host = host
        self._outbox = outbox
        self.running: dict[str, RunningAttempt] = {}

    def owns(self, token: str) -> bool:
        """Say whether a token is an attempt's."""
        return token in self.running

    def start(self, row: Any, run: Any, events: Any, source: Source) -> None:
        """Have a claimed attempt run; where that cannot be, it has failed.

        Args:
            events: those of assets that its run was made for.
        """
        try:
            self._start(row, run, events, source)
        except AWAY:  # before anything was begun
            loop = asyncio.get_running_loop()
            loop.call_later(_AGAIN, self.start, row, run, events, source)
        except Exception as error:
            with logs.about(row):
                log.exception("The attempt could not be started")
            reason = f"The attempt could not be started: {error}"
            self._note_ending(Ending(row.token, A.FAILED, reason))

    def _start(self, row: Any, run: Any, events: Any, source: Source) -> None:
        plan = self._host.plans.get(None, row.attempt_dag_version_id)  # type: ignore[arg-type]
        task = plan.tasks[row.task_id].data
        version, sources, who = source
        flavour = task.get("flavour", "plain")
        self._host.ownership.make_home(who)
        if flavour == FLAVOUR:
            with self._host.db.read() as tx:
                self._host.ownership.settle(tx, who)
            self._host.kernels.warm(USUAL_KERNEL, who)
        ours, theirs = ipc.pair()
        ours.setblocking(False)
        attempt = self.running[row.token] = RunningAttempt(row, run, task, ours)
        asyncio.get_running_loop().add_reader(ours.fileno(), self._read_child, attempt)
        attempt.dag_file, attempt.notebook = version.path, plan.data.get("notebook")
        attempt.who, attempt.asset_events = who, events
        bundle = self._host.launcher.bundle(version, sources)
        if version.fresh_interpreter:
            handle = self._host.zygotes.base(who=who)
        else:
            handle = self._host.zygotes.file(row.file_version_id, flavour, lambda: bundle, who)
        attempt.zygote = handle
        handle.tokens.add(row.token)
        order = self._host.launcher.order(attempt, version, sources)
        self._host.zygotes.order(
            handle, lambda: self._launch(attempt, handle, order, bundle, theirs)
        )

    def _launch(
        self,
        attempt: RunningAttempt,
        handle: Handle,
        order: ipc.Message,
        bundle: ipc.Message,
        theirs: socket.socket,
    ) -> None:
        """Send an attempt to its loaded zygote; it may have been ended or failed to load."""
        with theirs:
            if handle.broken:
                reason = f"The DAG file could not be imported: {handle.broken}"
                attempt.ending = attempt.ending or (A.FAILED, reason)
            elif handle.gone:
                attempt.ending = attempt.ending or (A.LOST, "Its zygote ended.")
            if not attempt.ending:
                self._send(attempt, handle, order, bundle, theirs)
            if attempt.ending:
                self._conclude(attempt)

    def _send(self, attempt: RunningAttempt, handle: Handle, *rest: Any) -> None:
        try:
            self._host.launcher.send(attempt, handle, *rest)
        except (BrokenPipeError, ConnectionResetError):
            attempt.ending = (A.LOST, "Its zygote ended.")
        except (OSError, ipc.MessageError) as error:
            attempt.ending = (A.FAILED, f"The attempt could not be started: {error}")

    def _read_child(self, attempt: RunningAttempt) -> None:
        sender = f"attempt {attempt.token}"
        if ipc.take_all(attempt.socket, sender, lambda message: self._try(attempt, message)):
            asyncio.get_running_loop().remove_reader(attempt.socket.fileno())

    def _try(self, attempt: RunningAttempt, message: ipc.Message) -> None:
        try:
            self._serve(attempt, message)
        except AWAY:  # the task waits for its answer
            asyncio.get_running_loop().call_later(_AGAIN, self._try_again, attempt, message)
        except Exception as error:
            with logs.about(attempt.row):
                log.exception("The attempt could not be served")
            _reply(attempt, {"error": f"The engine could not do that: {error}"})

    def _try_again(self, attempt: RunningAttempt, message: ipc.Message) -> None:
        if not attempt.concluded:
            self._try(attempt, message)

    def _serve(self, attempt: RunningAttempt, message: ipc.Message) -> None:
        op = message.get("op")
        if op == "result":
            attempt.result = message
        elif op == "xcom_push":
            try:
                row = xcom_row(attempt, message, self._host.settings.max_map_length)
                self._left_by(attempt.token).xcoms.append(row)
                self._host.wake()
            except CoutureError as error:
                self.kill(attempt, A.FAILED, str(error))
        elif op == "put_rendered":
            self._left_by(attempt.token).rendered = message["fields"]
        elif op == "notebook":
            _reply(
                attempt, {"value": places_of(self._host.settings, self._host.ownership, attempt)}
            )
        elif op == "kernel":
            self._host.kernels.give(attempt, message, lambda answer: _reply(attempt, answer))
        elif op == "kernel_end":
            self._host.kernels.tell_end(attempt, lambda answer: _reply(attempt, answer))
        else:
            if op == "xcom_pull" and self._outbox.has_xcoms:
                self._host.flush()
            _reply(attempt, self._host.requests.answer(message, attempt, can_wait=True))

    def on_message(self, message: ipc.Message) -> None:
        """An attempt's process was started or has ended."""
        token = message["token"]
        attempt = self.running[token]
        if message["op"] == "started":
            attempt.started(message["pid"])
            self._left_by(token).pid = message["pid"]
        else:
            self._read_child(attempt)
            attempt.exit_code, attempt.peak_kb = message["code"], message["peak_kb"]
            self._conclude(attempt)

    def on_lost(self, token: str) -> None:
        """Its zygote is gone, and it with it."""
        attempt = self.running[token]
        attempt.ending = attempt.ending or (A.LOST, "Its zygote ended while it ran.")
        self._conclude(attempt)

    def _conclude(self, attempt: RunningAttempt) -> None:
        """Note how an attempt ended, once: its own end and its zygote's may both be told."""
        if attempt.concluded:
            return
        attempt.concluded = True
        if attempt.zygote is not None:
            attempt.zygote.tokens.discard(attempt.token)
        if attempt.socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(attempt.socket.fileno())
            attempt.socket.close()
        ending = attempt.conclude()
        if attempt.result is None or attempt.ending:
            self._host.launcher.append_error(attempt, ending.reason)
        self._host.kernels.end_of(attempt.token, lambda: self._note_ending(ending))

    def _left_by(self, token: str) -> Left:
        left, attempt = self._outbox.of(token), self.running.get(token)
        left.row = attempt and attempt.row
        return left

    def _note_ending(self, ending: Ending) -> None:
        """Have the next transaction end an attempt of which no process is left."""
        self._left_by(ending.token).ending = ending
        self._host.wake()

    def kill(self, attempt: RunningAttempt, state: AttemptState, reason: str) -> None:
        """End an attempt: SIGTERM, so that on_kill can act, then SIGKILL for its whole tree."""
        if attempt.ending is None:
            attempt.ending = (state, reason)
            attempt.kill_at = time.monotonic() + TERM_GRACE
            self._signal(attempt, signal.SIGTERM)

    def _signal(self, attempt: RunningAttempt, number: int) -> None:
        handle = attempt.zygote
        if handle and not handle.gone and handle.ready and attempt.pid is not None:
            message = {"op": "kill", "token": attempt.token, "signal": number}
            with contextlib.suppress(OSError):
                handle.send(message)

    def forget(self, tokens: Iterable[str]) -> None:
        """Forget attempts whose ends are committed."""
        for token in tokens:
            self.running.pop(token, None)

    def spoil(self, token: str, reason: str) -> None:
        """End an attempt of which something could not be written."""
        if token in self.running:
            self.kill(self.running[token], A.FAILED, reason)

    def hand_back(self) -> None:
        """Kill all; they are lost, and start again elsewhere or later."""
        for attempt in self.running.values():
            attempt.ending = (A.LOST, "Handed back: the agent was stopped while it ran.")
            self._signal(attempt, signal.SIGKILL)

    def check_times(self, now: float) -> None:
        """End what takes too long."""
        for attempt in list(self.running.values()):
            self._check_time(attempt, now)

    def _check_time(self, attempt: RunningAttempt, now: float) -> None:
        if attempt.deadline is not None and now > attempt.deadline:
            limit = attempt.task["execution_timeout"]
            self.kill(
                attempt, A.FAILED, f"It ran longer than its execution_timeout of {limit:g} s."
            )
        if attempt.kill_at is not None and now > attempt.kill_at:
            self._signal(attempt, signal.SIGKILL)


def _reply(attempt: RunningAttempt, answer: ipc.Message) -> None:
    with contextlib.suppress(OSError):  # it may have ended
        ipc.send(attempt.socket, answer)
