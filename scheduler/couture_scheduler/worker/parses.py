"""Parse requests: the agent forks a child for each and watches its time and memory."""

import asyncio
import contextlib
import itertools
import logging
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from couture_scheduler import ipc
from couture_scheduler.db.database import AWAY
from couture_scheduler.settings import Settings
from couture_scheduler.worker import process
from couture_scheduler.worker.requests import Requests
from couture_scheduler.worker.run_as import RunAs
from couture_scheduler.worker.zygotes import Zygotes

log = logging.getLogger(__name__)
_LOOK = 0.05
_AT_ONCE = 2
_MAX_LOST = 3


@dataclass
class Parse:
    """One file that is being imported."""

    token: str
    request: ipc.Message
    reply: Callable[[ipc.Message], None]
    socket: socket.socket
    started: float
    who: RunAs
    pid: int | None = None
    report: ipc.Message | None = None
    killed: str | None = None


class Parses:
    """All parses of this agent, two at a time.

    Args:
        author_of: says under whom a file is imported.
    """

    def __init__(
        self,
        settings: Settings,
        zygotes: Zygotes,
        requests: Requests,
        author_of: Callable[[str], RunAs],
    ):
        self._author_of = author_of
        self.settings = settings
        self.zygotes = zygotes
        self.requests = requests
        self.running: dict[str, Parse] = {}
        self._waiting: list[tuple[ipc.Message, Callable[[ipc.Message], None]]] = []
        self._numbers = itertools.count(1)
        self._losses = Counter[str]()
        self._watcher: asyncio.Task[None] | None = None

    def submit(self, request: ipc.Message, reply: Callable[[ipc.Message], None]) -> None:
        """Parse {"root", "path"} and call `reply` with the report."""
        self._waiting.append((request, reply))
        self._start_next()

    def owns(self, token: str) -> bool:
        """Say whether a token is a parse's."""
        return token in self.running

    def on_message(self, message: ipc.Message) -> None:
        """A parse child was started or has ended."""
        parse = self.running[message["token"]]
        if message["op"] == "started":
            parse.pid = message["pid"]
            return
        self._drain(parse)
        self._end(parse, message["code"])

    def on_lost(self, token: str) -> None:
        """The zygote is gone, and the parse with it: do it again, unless it ends every zygote."""
        parse = self.running[token]
        path = parse.request["path"]
        self._losses[path] += 1
        if self._losses[path] > _MAX_LOST:
            parse.killed = "The process that imports files ended each time that this one was read."
            self._end(parse, 0)
            return
        del self.running[token]
        self._close(parse)
        self.submit(parse.request, parse.reply)

    def _start_next(self) -> None:
        while self._waiting and len(self.running) < _AT_ONCE:
            request, reply = self._waiting[0]
            try:
                who = self._author_of(request["path"])
            except AWAY as error:
                log.warning("An import has to wait for the database: %s", error.orig)
                asyncio.get_running_loop().call_later(1.0, self._start_next)
                return
            del self._waiting[0]
            ours, theirs = ipc.pair()
            ours.setblocking(False)
            token = f"parse:{next(self._numbers)}"
            parse = Parse(token, request, reply, ours, time.monotonic(), who)
            self.running[parse.token] = parse
            asyncio.get_running_loop().add_reader(ours, self._drain, parse)
            base = self.zygotes.base(who=who)
            base.tokens.add(parse.token)
            self.zygotes.order(base, lambda p=parse, t=theirs, b=base: self._fork(p, t, b))
        if self.running and (self._watcher is None or self._watcher.done()):
            self._watcher = asyncio.get_running_loop().create_task(self._watch())

    def _fork(self, parse: Parse, theirs: socket.socket, base) -> None:  # noqa: ANN001
        output = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        try:
            if not base.gone:
                message = {**parse.request, "op": "parse", "token": parse.token}
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # told by its end
                    base.send(message, (theirs.fileno(), output))
        finally:
            theirs.close()
            os.close(output)

    def _drain(self, parse: Parse) -> None:
        sender = f"the import of {parse.request['path']}"
        if ipc.take_all(parse.socket, sender, lambda message: self._take(parse, message)):
            asyncio.get_running_loop().remove_reader(parse.socket)

    def _take(self, parse: Parse, message: ipc.Message) -> None:
        if message.get("op") == "report":
            parse.report = message
            return
        with contextlib.suppress(OSError):  # it has ended, which will be told
            ipc.send(parse.socket, self.requests.answer(message, None))

    def _end(self, parse: Parse, code: int) -> None:
        del self.running[parse.token]
        del self._losses[parse.request["path"]]
        self._close(parse)
        report = parse.report
        if report is None:
            what = parse.killed or _describe(code)
            report = {"error": {"message": what, "line": None, "stack_trace": what}}
        parse.reply({**report, "account": parse.who.account})
        self._start_next()

    def _close(self, parse: Parse) -> None:
        if parse.socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(parse.socket)
            parse.socket.close()

    async def _watch(self) -> None:
        """Kill what takes too long or too much."""
        while self.running:
            await asyncio.sleep(_LOOK)
            for parse in list(self.running.values()):
                if parse.pid is not None and parse.killed is None:
                    self._check(parse, parse.pid)

    def _check(self, parse: Parse, pid: int) -> None:
        limit = self.settings.parse_memory_mb
        if time.monotonic() - parse.started > self.settings.parse_timeout:
            seconds = self.settings.parse_timeout
            parse.killed = (
                f"Importing the file took longer than {seconds:g} s and was stopped. Move slow work "
                "from the top of the file into tasks."
            )
        elif process.tree_rss(pid) > limit * 1_000_000:
            parse.killed = (
                f"Importing the file took more than {limit} MB of memory and was stopped. Load data "
                "inside tasks, not at the top of the file."
            )
        if parse.killed:
            message = {"op": "kill", "token": parse.token, "signal": signal.SIGKILL}
            with contextlib.suppress(OSError):  # it is gone, and the child with it
                self.zygotes.base(who=parse.who).send(message)


def _describe(code: int) -> str:
    if code < 0:
        return f"The interpreter was killed by signal {-code} while the file was imported."
    return f"The file ended the interpreter (exit code {code}) while it was imported."
