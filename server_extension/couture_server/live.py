"""The WebSocket: what changed, pushed as it happens, and logs as they grow.

One feed a server reads the history once for all sockets, woken by a bell: the database is not
polled. A followed log is looked at while it is followed.
"""

import asyncio
import json
import logging
from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from tornado.ioloop import PeriodicCallback
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from couture_scheduler.errors import CoutureError, Forbidden
from couture_scheduler.ipc import Bell
from couture_scheduler.processes import bells
from couture_scheduler.schemas.live import Change, FollowLog, LiveRequest
from couture_scheduler.services.changes import is_for, last_id, read_changes
from couture_scheduler.services.logs import read_log
from couture_scheduler.services.status import get_status
from couture_scheduler.services.workflow import Call
from couture_server import identity
from couture_server.handler import call_in_thread

_BATCH = 0.1  #: seconds that changes are collected before they are pushed
_STATUS_EVERY = 5.0  #: seconds after which a process that went silent is noticed
_STATUS_PAUSE = 1.0  #: seconds between two pushes of the status, at least
_LOG_EVERY = 0.25
_SEND_WITHIN = 10.0

log = logging.getLogger(__name__)


class LiveFeed:
    """Reads what changed, while somebody watches, and hands it to the open sockets."""

    def __init__(self, extension: Any):
        self.extension = extension
        self.last_id = 0
        self._sockets: set[LiveHandler] = set()
        self._bell: Bell | None = None
        self._timer = PeriodicCallback(self.flush, _STATUS_EVERY * 1000)
        self._due: asyncio.TimerHandle | None = None
        self._status_at = 0.0
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, socket: "LiveHandler") -> None:
        """Add a socket; it gets every change after `last_id`."""
        async with self._reading:
            if self._bell is None:
                await self._start()
            self._sockets.add(socket)

    def leave(self, socket: "LiveHandler") -> None:
        """Take a socket out; nothing is read while nobody watches."""
        self._sockets.discard(socket)
        if not self._sockets:
            self.close()

    def close(self) -> None:
        """Take the bell down."""
        self._timer.stop()
        if self._bell is not None:
            asyncio.get_running_loop().remove_reader(self._bell)
            self._bell.close()
            self._bell = None

    async def flush(self) -> None:
        """Read and push what changed, and the status where it changed."""
        try:
            await self._flush()
        except OperationalError as error:
            log.warning("The database does not answer; changes are read later: %s", error)

    async def _flush(self) -> None:
        async with self._reading:
            workflow = self.extension.workflow
            while self._bell is not None:
                before = self.last_id
                self.last_id, changes = await call_in_thread(read_changes, workflow, before)
                if self.last_id == before:
                    break
                for socket in list(self._sockets):
                    await socket.push(self.last_id, changes)
            await self._push_status()

    async def _push_status(self) -> None:
        """Push the status, once a second at most; what came too soon is pushed later."""
        loop = asyncio.get_running_loop()
        wait = self._status_at + _STATUS_PAUSE - loop.time()
        if wait > 0:
            self._due = self._due or loop.call_later(wait, self._flush_soon)
            return
        self._status_at = loop.time()
        for socket in list(self._sockets):
            await socket.push_status(self.last_id)

    async def _start(self) -> None:
        workflow = await call_in_thread(lambda: self.extension.workflow)
        self._bell = Bell(bells(workflow.settings), "live")
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


class LiveHandler(  # pyright: ignore[reportIncompatibleMethodOverride]
    WebSocketMixin, WebSocketHandler, JupyterHandler
):
    """One open socket."""

    def initialize(self, extension: Any) -> None:
        """Take over the open deployment."""
        self.extension = extension
        self.feed: LiveFeed = extension.feed
        self.logs: dict[str, asyncio.Task[None]] = {}
        self.status: dict[str, Any] | None = None

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Open the socket."""
        await super().get(*args, **kwargs)

    async def open(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Greet; what happens from now on is pushed."""
        super().open(*args, **kwargs)
        self.actor = identity.actor_of(self)
        await self.feed.join(self)
        await self.send({"type": "hello", "last_id": self.feed.last_id})

    async def on_message(self, message: str | bytes) -> None:  # type: ignore[override]
        """Follow or leave a log."""
        try:
            request = LiveRequest.validate_json(message)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            await self.send({"type": "error", "detail": first["msg"]})
            return
        self._unfollow(request.id)
        if isinstance(request, FollowLog):
            self.logs[request.id] = asyncio.get_running_loop().create_task(self._follow(request))

    def on_close(self) -> None:
        """Let go of everything."""
        for followed in list(self.logs):
            self._unfollow(followed)
        self.feed.leave(self)

    async def push(self, last_id: int, changes: list[Change]) -> None:
        """Send those changes that this person may see."""
        shown = [one.model_dump(mode="json") for one in changes if is_for(one, self.actor)]
        if shown:
            await self.send({"type": "changes", "last_id": last_id, "changes": shown})

    async def push_status(self, last_id: int) -> None:
        """Send the status if it is not what was sent last, to those who may know it."""
        try:
            found = await call_in_thread(get_status, self._call())
        except Forbidden:
            return
        status = found.model_dump(mode="json")
        if status != self.status:
            self.status = status
            change = {"kind": "status", **status}
            await self.send({"type": "changes", "last_id": last_id, "changes": [change]})

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message; a socket that has closed, or takes nothing any more, is left."""
        try:
            await asyncio.wait_for(self.write_message(json.dumps(message)), _SEND_WITHIN)
        except (WebSocketClosedError, StreamClosedError, TimeoutError):
            self.close()
            self.feed.leave(self)

    async def _follow(self, request: FollowLog) -> None:
        offset, end = request.offset, False
        while not end:
            try:
                chunk = await call_in_thread(
                    read_log,
                    self._call(),
                    dag_id=request.dag_id,
                    dag_run_id=request.run_id,
                    task_id=request.task_id,
                    map_index=request.map_index,
                    try_number=request.try_number,
                    offset=offset,
                )
                start, text, offset, end = chunk.offset, chunk.text, chunk.next_offset, chunk.end
            except CoutureError as error:
                start, text, end = offset, f"{error}\n", True
            if text or end:
                message = {"type": "log", "id": request.id, "offset": start}
                await self.send({**message, "text": text, "end": end})
            else:
                await asyncio.sleep(_LOG_EVERY)

    def _unfollow(self, followed: str) -> None:
        task = self.logs.pop(followed, None)
        if task is not None:
            task.cancel()

    def _call(self) -> Call:
        return Call(self.extension.workflow, self.actor)
