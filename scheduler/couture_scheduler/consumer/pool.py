"""A pool of Celery's without threads or processes: the agent runs what it takes in.

Celery acknowledges early and would fetch as many messages again as it runs, which then wait here while
other hosts idle. This one holds at most what the broker sends before it is told to stop, and gives
that back to the other hosts.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from celery.concurrency.base import BasePool, apply_target

from couture_scheduler.executors.celery_app import RUN_ATTEMPT

log = logging.getLogger(__name__)
_LOOK = b"l"  #: what the event loop is told by other threads
_PATIENCE = 0.5  #: seconds that a message is held before other hosts are to have it


class Held(NamedTuple):
    """A message that waits for a slot, since a time on the monotonic clock."""

    since: float
    enter: Callable[[], None]
    give_back: Callable[[], None]


class Work(Protocol):
    """What the pool has its messages do; all is called in one thread."""

    def register(self, loop: Any) -> None:
        """Be served by this event loop."""
        ...

    def begin(self, request: dict[str, Any], on_over: Callable[[bool, Any], None]) -> None:
        """Do what a message asks for.

        Args:
            on_over: called with whether it failed, and with its result or billiard's ExceptionInfo.
        """
        ...

    def drain(self) -> None:
        """Wait until all is over."""
        ...


class SlotPool(BasePool):
    """Counts its bodies; all but `let_in` is called by Celery's event loop."""

    limit: int
    body_can_be_buffer = True

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._pause = self._resume = lambda: None
        self._taken = 0
        self._is_open = True
        self._held: deque[Held] = deque()
        self._is_paused = self._is_looking = False
        self._call_later: Callable[..., Any] | None = None
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    @property
    def _work(self) -> Work:
        app: Any = self.app
        return app.tasks[RUN_ATTEMPT]

    def register_with_event_loop(self, loop: Any) -> None:
        """Be served by a loop, and the work with it."""
        self._call_later = loop.call_later
        loop.add_reader(self._read, self._on_told)
        self._work.register(loop)

    @property
    def has_room(self) -> bool:
        """Say whether a slot is free, and messages are to be let in."""
        return self._is_open and self._taken < self.limit

    def join(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """Serve a new connection; what waits came with an earlier one, and the broker has it again.

        Args:
            pause: stops the broker from sending; `resume` undoes it.
        """
        self._pause, self._resume = pause, resume
        self._held.clear()
        self._is_paused = False
        if not self._is_open:
            self._take_nothing()

    def let_in(self, is_open: bool) -> None:
        """Let messages in, or none until further notice; called by any thread."""
        self._is_open = is_open
        os.write(self._write, _LOOK)

    @property
    def hears(self) -> bool:
        """Say whether messages are to come in."""
        return self.has_room and not self._held and not self._is_paused

    def admit(self, enter: Callable[[], None], give_back: Callable[[], None]) -> None:
        """Take a message in, now or when a slot is free; or give it back after a while."""
        if self.has_room and not self._held:
            enter()
            return
        self._held.append(Held(time.monotonic(), enter, give_back))
        if len(self._held) == 1:
            self._look_after(_PATIENCE)

    def _look_after(self, seconds: float) -> None:
        if self._call_later and not self._is_looking:
            self._is_looking = True
            self._call_later(seconds, self._look)

    def on_apply(
        self,
        target: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Any = None,
        callback: Callable[..., Any] = lambda _: None,
        accept_callback: Callable[..., Any] = lambda *_: None,
        **_: Any,
    ) -> None:
        """Begin the body of a request, whose task, id and contents are the first of `args`."""
        name, request = args[0], args[2]
        if name != RUN_ATTEMPT:  # a trifle of Celery's own
            apply_target(target, args, kwargs or {}, callback, accept_callback)
            return
        began = time.monotonic()
        self._taken += 1
        accept_callback(os.getpid(), began)

        def on_over(failed: bool, result: Any) -> None:
            self._taken -= 1
            try:
                callback((failed, result, time.monotonic() - began))
            except Exception:
                log.exception("Celery could not note the end of a message's body")
            self._fill()

        self._work.begin(request, on_over)

    def on_stop(self) -> None:
        """Take nothing more and wait for what runs; the broker has again what waits for a slot."""
        self._is_open = False
        self._held.clear()
        self._work.drain()

    def terminate_job(self, pid: int, signal: int | None = None) -> None:
        """Nothing: the revocation is told to the agent, which ends the attempt."""

    def _on_told(self) -> None:
        os.read(self._read, 4096)
        if not self._is_open and not self._is_paused:
            self._take_nothing()
        self._fill()

    def _fill(self) -> None:
        while self._held and self.has_room:
            self._held.popleft().enter()
        if self._is_paused and self.has_room:
            self._is_paused = False
            self._resume()

    def _look(self) -> None:
        """Where slots fall free too slowly, let other hosts have what waits, and take nothing more."""
        self._is_looking = False
        if not self._held:
            return
        left = self._held[0].since + _PATIENCE - time.monotonic()
        if left > 0:
            self._look_after(left)
            return
        self._take_nothing()

    def _take_nothing(self) -> None:
        self._is_paused = True
        self._pause()
        while self._held:
            self._held.popleft().give_back()
