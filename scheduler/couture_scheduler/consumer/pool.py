"""Celery's threads pool that takes a message only when it has a slot for it.

Celery acknowledges early and would fetch as many messages again as it runs, which then wait here while
other hosts idle. This one holds at most what the broker sends before it is told to stop, and gives
that back to the other hosts.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from celery.concurrency.thread import ApplyResult, TaskPool

log = logging.getLogger(__name__)
_END, _LOOK = b"e", b"l"  #: what the event loop is told
_PATIENCE = 0.5  #: seconds that a message is held before other hosts are to have it


class Held(NamedTuple):
    """A message that waits for a slot, since a time on the monotonic clock."""

    since: float
    enter: Callable[[], None]
    give_back: Callable[[], None]


class Running(ApplyResult):
    """What Celery asks of a running body; the agent ends attempts, not the pool."""

    def terminate(self, _signal: int) -> None:
        """Nothing: the revocation has been told to the agent."""


class SlotPool(TaskPool):
    """Counts its bodies; all but `let_in` and `_on_done` is called by Celery's event loop."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._pause = self._resume = lambda: None
        self._taken = 0
        self._is_open = True
        self._held: deque[Held] = deque()
        self._is_paused = self._is_looking = False
        self._call_later: Callable[..., Any] | None = None
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def register_with_event_loop(self, loop: Any) -> None:
        """Have the loop hear when bodies end."""
        self._call_later = loop.call_later
        loop.add_reader(self._read, self._on_told)

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

    def on_apply(self, *args: Any, **kwargs: Any) -> Running:
        """Run a body in a thread."""
        self._taken += 1
        result = super().on_apply(*args, **kwargs)
        result.f.add_done_callback(self._on_done)
        return Running(result.f)

    def terminate_job(self, pid: int, signal: int | None = None) -> None:
        """Nothing: the revocation is told to the agent, which ends the attempt."""

    def _on_done(self, _future: Any) -> None:
        os.write(self._write, _END)

    def _on_told(self) -> None:
        self._taken -= os.read(self._read, 4096).count(_END)
        if not self._is_open and not self._is_paused:
            self._take_nothing()
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
