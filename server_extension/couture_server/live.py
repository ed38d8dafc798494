"""What changed, read once for all open sockets and pushed as it happens.

One feed a server reads the history, woken by a bell: the database is not polled.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.exc import OperationalError
from tornado.ioloop import PeriodicCallback

from couture_scheduler.ipc import Bell
from couture_scheduler.schemas.live import Change
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.changes import last_id, read_changes
from couture_server.handler import call_in_thread

_BATCH = 0.1  #: seconds that changes are collected before they are pushed
_SUMS_EVERY = 5.0  #: seconds after which a process that went silent is noticed
GOING_AWAY = 1001  #: close code of a server that ends
TRY_LATER = 1013  #: close code of a server that has too much to do
_WAITING = 100  #: pushes that a slow reader may be behind
_SOCKETS = 40  #: of one person
_SUMS_PAUSE = 1.0  #: seconds between two pushes of sums, at least

log = logging.getLogger(__name__)


class Watcher(Protocol):
    """An open socket, as the feed sees it."""

    #: whose it is; sockets of one person have the same rights
    person: str
    #: logs and tasks that it follows, by the id of their request
    follows: dict[str, asyncio.Task[None]]

    def look_up(self) -> Actor | None:
        """Read, in a thread, what the person may do now; None = nothing any more."""
        ...

    async def renew(self, actor: Actor | None) -> bool:
        """Take over what the person may do now; False = the socket was closed."""
        ...

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close the socket."""
        ...

    async def push(self, last_id: int, changes: list[Change]) -> None:
        """Send changes."""
        ...

    async def push_sums(self, last_id: int) -> None:
        """Send what is counted over many changes."""
        ...


class TooMany(Exception):
    """Somebody has too many sockets open; the message says so."""


class LiveFeed:
    """Reads what changed, while somebody watches, and hands it to the open sockets.

    Attributes:
        sockets: those that are open.
    """

    def __init__(self, extension: Any):
        self.extension = extension
        self.last_id = 0
        self.sockets: set[Watcher] = set()
        self._outboxes: dict[Watcher, _Outbox] = {}
        self._bell: Bell | None = None
        self._timer = PeriodicCallback(self.flush, _SUMS_EVERY * 1000)
        self._due: asyncio.TimerHandle | None = None
        self._sums_at = 0.0
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, socket: Watcher) -> None:
        """Add a socket; it gets every change after `last_id`.

        Raises:
            TooMany: the person has as many as anybody may have.
        """
        async with self._reading:
            if sum(one.person == socket.person for one in self.sockets) >= _SOCKETS:
                raise TooMany(f"{_SOCKETS} windows are open already. Close some of them.")
            if self._bell is None:
                await self._start()
            self.sockets.add(socket)
            self._outboxes[socket] = _Outbox(socket)

    def leave(self, socket: Watcher) -> None:
        """Take a socket out; nothing is read while nobody watches."""
        if socket not in self.sockets:
            return
        self.sockets.discard(socket)
        self._outboxes.pop(socket).close()
        if not self.sockets:
            self.close()

    def close(self) -> None:
        """Take the bell down."""
        self._timer.stop()
        if self._bell is not None:
            asyncio.get_running_loop().remove_reader(self._bell)
            self._bell.close()
            self._bell = None

    def followed_by(self, person: str) -> int:
        """Return how many logs and tasks somebody follows."""
        sockets = (one for one in self.sockets if one.person == person)
        return sum(not task.done() for one in sockets for task in one.follows.values())

    def close_all(self, reason: str) -> None:
        """Close every socket; Lab connects again."""
        for socket in list(self.sockets):
            socket.close(GOING_AWAY, reason)

    async def flush(self) -> None:
        """Read and push what changed, and the status where it changed."""
        try:
            await self._flush()
        except OperationalError as error:
            log.warning("The database does not answer; changes are read later: %s", error)

    async def _flush(self) -> None:
        async with self._reading:
            workflow = self.extension.workflow
            await self._renew()
            while self._bell is not None:
                before = self.last_id
                self.last_id, changes = await call_in_thread(read_changes, workflow, before)
                if self.last_id == before:
                    break
                self._send(_Push(self.last_id, changes))
            self._push_sums()

    async def _renew(self) -> None:
        """Read what those who watch may do now, each person once."""
        sockets = list(self.sockets)
        found = await call_in_thread(_look_up, {one.person: one for one in sockets})
        stay = await asyncio.gather(*(one.renew(found[one.person]) for one in sockets))
        for socket, stays in zip(sockets, stay, strict=True):
            if not stays:
                self.leave(socket)

    def _push_sums(self) -> None:
        """Push sums, once a second at most; what came too soon is pushed later."""
        loop = asyncio.get_running_loop()
        wait = self._sums_at + _SUMS_PAUSE - loop.time()
        if wait > 0:
            self._due = self._due or loop.call_later(wait, self._flush_soon)
            return
        self._sums_at = loop.time()
        self._send(_PushSums(self.last_id))

    def _send(self, push: "_Push | _PushSums") -> None:
        """Hand something to every socket; who is too far behind with reading is closed."""
        for socket in list(self.sockets):
            if not self._outboxes[socket].put(push):
                socket.close(TRY_LATER, "What was sent was not taken in time.")
                self.leave(socket)

    async def _start(self) -> None:
        workflow = await call_in_thread(lambda: self.extension.workflow)
        self._bell = Bell(workflow.settings.bells_path, "live")
        self.last_id = await call_in_thread(last_id, workflow)
        asyncio.get_running_loop().add_reader(self._bell, self._rung)
        self._timer.start()

    def _rung(self) -> None:
        if self._bell is not None:
            self._bell.hush()
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_BATCH, self._flush_soon)

    def _flush_soon(self) -> None:
        self._due = None
        task = asyncio.get_running_loop().create_task(self.flush())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@dataclass(frozen=True)
class _Push:
    last_id: int
    changes: list[Change]

    async def to(self, socket: Watcher) -> None:
        await socket.push(self.last_id, self.changes)


@dataclass(frozen=True)
class _PushSums:
    last_id: int

    async def to(self, socket: Watcher) -> None:
        await socket.push_sums(self.last_id)


class _Outbox:
    """What waits for one socket, so that one that takes nothing keeps nothing from the others."""

    def __init__(self, socket: Watcher):
        self._socket = socket
        self._waiting: asyncio.Queue[_Push | _PushSums] = asyncio.Queue(_WAITING)
        self._sums_wait = self._is_closed = False
        self._task = asyncio.get_running_loop().create_task(self._send_all())

    def put(self, push: _Push | _PushSums) -> bool:
        """Send something when its turn comes; False = too much waits. Sums wait but once."""
        is_sums = isinstance(push, _PushSums)
        if is_sums and self._sums_wait:
            return True
        if self._waiting.full():
            return False
        self._waiting.put_nowait(push)
        self._sums_wait = self._sums_wait or is_sums
        return True

    def close(self) -> None:
        """Send no more."""
        if self._task is not asyncio.current_task():  # else it ends by itself: its socket is closed
            self._task.cancel()
        self._is_closed = True

    async def _send_all(self) -> None:
        while not self._is_closed:
            push = await self._waiting.get()
            if isinstance(push, _PushSums):
                self._sums_wait = False
            try:
                await push.to(self._socket)
            except OperationalError as error:
                log.warning("The database does not answer; what changed is sent later: %s", error)


def _look_up(people: dict[str, Watcher]) -> dict[str, Actor | None]:
    return {person: socket.look_up() for person, socket in people.items()}
