"""Callback attempts of this agent: claimed, run in their file's zygote, ended; never repeated."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

from couture_scheduler import ipc, logs
from couture_scheduler.db.database import Tx
from couture_scheduler.settings import Settings
from couture_scheduler.states import CallbackState
from couture_scheduler.store import callbacks, runs
from couture_scheduler.upcoming import take_slots
from couture_scheduler.worker.launch import Launcher, stamp
from couture_scheduler.worker.requests import Requests
from couture_scheduler.worker.run_as import SELF, RunAs
from couture_scheduler.worker.running import callback_log_path, open_log
from couture_scheduler.worker.unsettled import Unsettled
from couture_scheduler.worker.zygotes import Handle, Zygotes

log = logging.getLogger(__name__)
C = CallbackState
_AT_ONCE = 4
_ROW = ("try_number", "max_tries", "hostname")
_NOT_HERE = ("kernel", "kernel_end", "notebook", "xcom_push", "put_rendered", "send_email")


class Loads(Protocol):
    """Where an agent gets the sources of a file version and under whom they run."""

    def __call__(self, tx: Tx, file_version_id: str) -> tuple[Any, dict[str, str], RunAs]:
        """Return the version's row, its sources and whose it is."""
        ...


@dataclass
class RunningCallback:
    """A callback that this agent has claimed; has what requests ask of a running attempt.

    Attributes:
        row: the task instance that it is about, or what stands for one.
        asked: the callback's own row.
        ending: set when the agent ends it; the result does not count then.
    """

    asked: Any
    row: Any
    run: Any
    version: Any
    sources: dict[str, str]
    who: RunAs = SELF
    socket: Any = None
    zygote: Handle | None = None
    pid: int | None = None
    deadline: float = 0.0
    result: ipc.Message | None = None
    ending: tuple[CallbackState, str] | None = None
    concluded: bool = False

    @property
    def token(self) -> str:
        """The callback's id."""
        return self.asked.id

    @property
    def end(self) -> tuple[CallbackState, str | None]:
        """How it ended; its process is gone."""
        if self.ending is not None:
            return self.ending
        if self.result is None:
            return C.FAILED, "Its process ended before it had reported."
        is_good = self.result.get("state") == "success"
        return (C.SUCCESS, None) if is_good else (C.FAILED, str(self.result.get("reason"))[:1000])


class Callbacks:
    """All callback attempts of one host.

    Args:
        load: gives the sources of a file version.
        wake: has the agent's next transaction come soon.
        actor: as the history names the agent.
    """

    def __init__(
        self,
        settings: Settings,
        zygotes: Zygotes,
        launcher: Launcher,
        requests: Requests,
        load: Loads,
        wake: Callable[[], None],
        actor: str,
    ):
        self._settings = settings
        self._zygotes = zygotes
        self._launcher = launcher
        self._requests = requests
        self._load = load
        self._wake = wake
        self._actor = actor
        self.running: dict[str, RunningCallback] = {}
        self._ended: list[RunningCallback] = []
        self._unsettled = Unsettled()

    def owns(self, token: str) -> bool:
        """Say whether a token is a callback's."""
        return token in self.running

    def recover(self, tx: Tx, host: str, epoch: int) -> None:
        """End what an earlier agent of this host was calling: it is not called again."""
        for row in callbacks.list_held(tx, host, epoch):
            reason = "The host agent ended while it ran; it is not called again."
            callbacks.end(tx, row.id, C.LOST, reason, self._actor)

    def write(self, tx: Tx, host: str, epoch: int, *, claims: bool) -> list[RunningCallback]:
        """Write what has ended and claim what is asked for; start it after the commit."""
        for one in self._ended:
            self._write_end(tx, one)
        self._unsettled.begin()
        free = _AT_ONCE - len(self.running)
        if not claims or free <= 0:
            return []
        found = []
        for asked in self._claim(tx, free, host, epoch):
            try:
                found.append(self._open(tx, asked))
            except Exception as error:
                with logs.about(asked):
                    log.exception("Callback %s cannot be called", asked.id)
                callbacks.end(tx, asked.id, C.FAILED, f"It cannot be called: {error}", self._actor)
        self._unsettled.note(one.token for one in found)
        return found

    def _claim(self, tx: Tx, free: int, host: str, epoch: int) -> list[Any]:
        tokens = sorted(self._unsettled.tokens)
        taken = callbacks.list_taken(tx, tokens, host, epoch) if tokens else []
        return [*taken, *callbacks.claim(tx, max(0, free - len(taken)), host, epoch)]

    def settle(self) -> bool:
        """Forget what was written and is committed; say whether there was anything."""
        self._unsettled.settle()
        had = bool(self._ended)
        self._ended.clear()
        return had

    @property
    def has_ended(self) -> bool:
        """Whether one has ended since the last transaction: there is room for the next."""
        return bool(self._ended)

    @property
    def is_busy(self) -> bool:
        """Whether anything runs or waits to be written."""
        return bool(self.running or self._ended)

    def _write_end(self, tx: Tx, one: RunningCallback) -> None:
        state, reason = one.end
        if one.asked.kind == "slots":
            value = one.result.get("value") if one.result and state is C.SUCCESS else None
            take_slots(tx, one.asked.dag_id, one.asked.file_version_id, value)
        if one.asked.kind == "manual_interval":
            value = one.result.get("value") if one.result and state is C.SUCCESS else None
            due = datetime.fromisoformat(one.asked.payload["due"])
            runs.set_manual_interval(tx, one.asked.run_pk, due, value)
        callbacks.end(tx, one.token, state, reason, self._actor)

    def _open(self, tx: Tx, asked: Any) -> RunningCallback:
        version, sources, who = self._load(tx, asked.file_version_id)
        run = _run_of(tx, asked)
        given = {name: asked.payload[name] for name in _ROW if name in asked.payload}
        row = callbacks.about(tx, asked)
        return RunningCallback(
            asked,
            SimpleNamespace(**{**row, **given, "token": asked.id}),
            run,
            version,
            sources,
            who,
        )

    def start(self, one: RunningCallback) -> None:
        """Have a claimed callback called."""
        self.running[one.token] = one
        try:
            self._start(one)
        except Exception as error:
            with logs.about(one.row):
                log.exception("Callback %s could not be started", one.token)
            one.ending = one.ending or (C.FAILED, f"It could not be started: {error}")
            self._conclude(one)

    def _start(self, one: RunningCallback) -> None:
        one.deadline = time.monotonic() + self._settings.callback_timeout
        one.socket, theirs = ipc.pair()
        one.socket.setblocking(False)
        asyncio.get_running_loop().add_reader(one.socket, self._read, one)
        bundle = self._launcher.bundle(one.version, one.sources)
        if one.version.fresh_interpreter:
            handle = self._zygotes.base(who=one.who)
        else:
            handle = self._zygotes.file(one.version.id, "plain", lambda: bundle, one.who)
        one.zygote = handle
        handle.tokens.add(one.token)
        self._zygotes.order(handle, lambda: self._launch(one, handle, bundle, theirs))

    def _launch(
        self, one: RunningCallback, handle: Handle, bundle: ipc.Message, theirs: socket.socket
    ) -> None:
        with theirs:
            if handle.broken:
                one.ending = (C.FAILED, f"The DAG file could not be imported: {handle.broken}")
            elif handle.gone:
                one.ending = one.ending or (C.LOST, "Its zygote ended.")
            if one.ending is None:
                self._send(one, handle, bundle, theirs)
            if one.ending:
                self._conclude(one)

    def _send(
        self, one: RunningCallback, handle: Handle, bundle: ipc.Message, theirs: socket.socket
    ) -> None:
        order = self._launcher.callback_order(one)
        try:
            fd = open_log(self.log_path(one))
            try:
                os.write(fd, f"{stamp()} INFO {one.asked.kind} of {one.asked.dag_id}\n".encode())
                handle.send(order, (theirs.fileno(), fd))
                if order["op"] == "exec":
                    ipc.send(one.socket, {**order, **bundle})
            finally:
                os.close(fd)
        except (OSError, ipc.MessageError) as error:
            one.ending = (C.FAILED, f"It could not be started: {error}")

    def log_path(self, one: RunningCallback) -> Path:
        """Return where the log of a callback is."""
        run = one.run.run_id if one.run is not None else None
        return callback_log_path(self._settings.logs_path, one.asked.dag_id, run, one.token)

    def _read(self, one: RunningCallback) -> None:
        sender = f"callback {one.token}"
        if ipc.take_all(one.socket, sender, lambda message: self._serve(one, message)):
            asyncio.get_running_loop().remove_reader(one.socket)

    def _serve(self, one: RunningCallback, message: ipc.Message) -> None:
        if message.get("op") == "result":
            one.result = message
            return
        if message.get("op") in _NOT_HERE and not _may(one, message):
            answer = {"error": f"A callback cannot do that: {message.get('op')}."}
        else:
            answer = self._requests.answer(message, one)  # type: ignore[arg-type]
        with contextlib.suppress(OSError):
            ipc.send(one.socket, answer)

    def on_message(self, message: ipc.Message) -> None:
        """A callback's process was started or has ended."""
        one = self.running[message["token"]]
        if message["op"] == "started":
            one.pid = message["pid"]
            return
        self._read(one)
        self._conclude(one)

    def on_lost(self, token: str) -> None:
        """Its zygote is gone, and it with it."""
        one = self.running[token]
        one.ending = one.ending or (C.LOST, "Its zygote ended while it ran.")
        self._conclude(one)

    def check_times(self, now: float) -> None:
        """Kill what takes too long."""
        for one in list(self.running.values()):
            if now > one.deadline and one.ending is None:
                limit = self._settings.callback_timeout
                one.ending = (C.FAILED, f"It took longer than {limit:g} s (callback_timeout).")
                self._kill(one)

    def _kill(self, one: RunningCallback) -> None:
        handle = one.zygote
        if handle and not handle.gone and handle.ready and one.pid is not None:
            message = {"op": "kill", "token": one.token, "signal": signal.SIGKILL}
            with contextlib.suppress(OSError):
                handle.send(message)

    def _conclude(self, one: RunningCallback) -> None:
        if one.concluded:
            return
        one.concluded = True
        if one.zygote is not None:
            one.zygote.tokens.discard(one.token)
        if one.socket is not None and one.socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(one.socket)
            one.socket.close()
        self.running.pop(one.token, None)
        state, reason = one.end
        if state is not C.SUCCESS:
            with contextlib.suppress(OSError):
                fd = open_log(self.log_path(one))
                os.write(fd, f"{stamp()} ERROR {reason}\n".encode())
                os.close(fd)
        self._ended.append(one)
        self._wake()


def _run_of(tx: Tx, asked: Any) -> Any | None:
    return next(iter(runs.list_by_pk(tx, {asked.run_pk})), None) if asked.run_pk else None


def _may(one: RunningCallback, message: ipc.Message) -> bool:
    """Say whether a callback may do what is about a task instance or a run: it has one."""
    return message["op"] == "send_email" and one.run is not None
