"""One open socket: what changed, logs as they grow, tasks as they change."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from pydantic import ValidationError
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from couture_scheduler.errors import CoutureError, Forbidden
from couture_scheduler.schemas.base import MapIndex
from couture_scheduler.schemas.live import (
    Change,
    DagRowChange,
    FollowLog,
    FollowTask,
    LiveRequest,
    TaskChange,
)
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.changes import dags_of, shown_to
from couture_scheduler.services.dag_views import get_dag_rows
from couture_scheduler.services.logs import read_log
from couture_scheduler.services.service import Service
from couture_scheduler.services.status import get_status
from couture_scheduler.services.task_views import get_task_instance_view
from couture_scheduler.services.workflow import Call
from couture_server import identity
from couture_server.base import Discreet
from couture_server.handler import call_in_thread, refuse_strangers
from couture_server.live import TRY_LATER, LiveFeed, TooMany

_LOG_EVERY = 0.25
_LOG_AT_LEAST_EVERY = 2.0  #: a log that does not grow is asked for less and less often
_SEND_WITHIN = 10.0
_FOLLOWED = 100  #: over all sockets of one person
REFUSED = 1008  #: close code: whoever it was may not see this any more


class LiveHandler(  # pyright: ignore[reportIncompatibleMethodOverride]
    Discreet, WebSocketMixin, WebSocketHandler, JupyterHandler
):
    """One open socket.

    What the person may do is read again before every push, so that a role that was taken away and
    an account that was closed hold at once.
    """

    def initialize(self, extension: Any) -> None:
        """Take over the open deployment."""
        self.extension = extension
        self.feed: LiveFeed = extension.feed
        self.follows: dict[str, asyncio.Task[None]] = {}
        #: followed tasks by the id of their request: whose changes, and the bell for them
        self.tasks: dict[str, tuple[FollowTask, asyncio.Event]] = {}
        self.touched: set[str] = set()
        self.status: dict[str, Any] | None = None

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Open the socket."""
        await refuse_strangers(self)
        await super().get(*args, **kwargs)

    async def open(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Greet; what happens from now on is pushed."""
        super().open(*args, **kwargs)
        self.person = self.current_user.username if self.extension.has_accounts else ""
        if await self.renew(await call_in_thread(self.look_up)):
            try:
                await self.feed.join(self)
            except TooMany as error:
                self.close(TRY_LATER, str(error))
                return
            await self.send({"type": "hello", "last_id": self.feed.last_id})

    def look_up(self) -> Actor | None:
        """Read, in a thread, what the person may do now; None = nothing any more."""
        try:
            return identity.actor_of(self)
        except identity.NoAccount:
            return None

    async def renew(self, actor: Actor | None) -> bool:
        """Take over what the person may do now; False = the socket was closed."""
        if actor is None:
            self.close(REFUSED, "The account is not active.")
            return False
        if not await identity.is_logged_in_still(self):
            self.close(REFUSED, "The login has ended. Log in again.")
            return False
        self.actor = actor
        return True

    async def on_message(self, message: str | bytes) -> None:  # type: ignore[override]
        """Follow or leave a log or a task."""
        if self not in self.feed.sockets:  # it was refused, and has not heard it yet
            return
        try:
            request = LiveRequest.validate_json(message)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            await self.send({"type": "error", "detail": first["msg"]})
            return
        self._unfollow(request.id)
        if self.feed.followed_by(self.person) >= _FOLLOWED:
            detail = f"No more than {_FOLLOWED} logs and tasks are followed at a time."
            await self.send({"type": "error", "detail": detail})
            return
        if isinstance(request, FollowLog):
            self._follow(request.id, self._push_log(request))
        elif isinstance(request, FollowTask):
            bell = asyncio.Event()
            self.tasks[request.id] = (request, bell)
            self._follow(request.id, self._push_task(request, bell))

    def on_close(self) -> None:
        """Let go of everything."""
        for followed in list(self.follows):
            self._unfollow(followed)
        self.feed.leave(self)

    async def push(self, last_id: int, changes: list[Change]) -> None:
        """Send those changes that this person may see."""
        shown = [one for change in changes if (one := shown_to(change, self.actor))]
        if not shown:
            return
        self.touched |= dags_of(shown)
        for request, bell in self.tasks.values():
            if any(isinstance(one, TaskChange) and request.concerns(one) for one in shown):
                bell.set()
        await self._send_changes(last_id, [one.model_dump(mode="json") for one in shown])

    async def push_sums(self, last_id: int) -> None:
        """Send the rows of DAGs that were touched, and the status if it is another one."""
        try:
            await self._push_rows(last_id)
            await self._push_status(last_id)
        except Forbidden:
            return

    async def _push_rows(self, last_id: int) -> None:
        dag_ids, self.touched = sorted(self.touched), set()
        if dag_ids:
            rows = await self.ask(get_dag_rows, dag_ids=dag_ids)
            changes = [DagRowChange(dag_id=row.dag_id, row=row) for row in rows]
            await self._send_changes(last_id, [one.model_dump(mode="json") for one in changes])

    async def _push_status(self, last_id: int) -> None:
        found = await self.ask(get_status)
        status = found.model_dump(mode="json")
        if status != self.status:
            self.status = status
            await self._send_changes(last_id, [{"kind": "status", **status}])

    async def _send_changes(self, last_id: int, changes: list[dict[str, Any]]) -> None:
        await self.send({"type": "changes", "last_id": last_id, "changes": changes})

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message; a socket that has closed, or takes nothing any more, is left."""
        try:
            await asyncio.wait_for(self.write_message(json.dumps(message)), _SEND_WITHIN)
        except (WebSocketClosedError, StreamClosedError, TimeoutError):
            self.close()
            self.feed.leave(self)

    def _follow(self, request_id: str, work: Coroutine[Any, Any, None]) -> None:
        self.follows[request_id] = asyncio.get_running_loop().create_task(work)

    async def _push_log(self, request: FollowLog) -> None:
        offset, end, pause = request.offset, False, _LOG_EVERY
        while not end:
            try:
                chunk = await self.ask(
                    read_log,
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
                pause = _LOG_EVERY
                message = {"type": "log", "id": request.id, "offset": start}
                await self.send({**message, "text": text, "end": end})
            else:
                await asyncio.sleep(pause)
                pause = min(1.3 * pause, _LOG_AT_LEAST_EVERY)

    async def _push_task(self, request: FollowTask, bell: asyncio.Event) -> None:
        while True:
            bell.clear()
            message: dict[str, Any] = {"type": "task", "id": request.id}
            try:
                view = await self.ask(
                    get_task_instance_view,
                    dag_id=request.dag_id,
                    dag_run_id=request.run_id,
                    task_id=request.task_id,
                    query=MapIndex(map_index=request.map_index),
                )
                await self.send({**message, "task": view.model_dump(mode="json"), "detail": None})
            except CoutureError as error:
                await self.send({**message, "task": None, "detail": str(error)})
            await bell.wait()

    def _unfollow(self, request_id: str) -> None:
        self.tasks.pop(request_id, None)
        task = self.follows.pop(request_id, None)
        if task is not None:
            task.cancel()

    async def ask(self, service: Service[..., Any], **params: Any) -> Any:
        """Call a service with the rights that the person has now."""
        return await call_in_thread(lambda: service(self._call(), **params))

    def _call(self) -> Call:
        return Call(self.extension.workflow, identity.actor_of(self))
