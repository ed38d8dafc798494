"""Follows something that changes: asks in a thread, shows in the kernel's loop, ends by itself."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
WITHIN = 15.0  #: seconds after which an answer is given up
_LONGEST_PAUSE = 30.0
_MOST_FAILURES = 120  #: in a row, about an hour


class NoAnswer(Exception):
    """The thread that asks has not come back in time."""


async def in_thread(function: Callable[[], T], within: float = WITHIN) -> T:
    """Call a function that may block in a daemon thread, which holds up no kernel that ends.

    Raises:
        NoAnswer: it took longer; its result will be lost.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(setter: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            setter(value)

    def run() -> None:
        try:
            done = (future.set_result, function())
        except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
            done = (future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(settle, *done)

    threading.Thread(target=run, name="couture-widget-call", daemon=True).start()
    try:
        async with asyncio.timeout(within):  # wait_for of Python 3.11 can lose a cancellation
            return await future
    except TimeoutError:
        raise NoAnswer from None


class Follower(Generic[T]):
    """Asks again and again until there is nothing more to see.

    In the running loop as a task; where none runs, in a loop of a daemon thread of its own.

    Args:
        ask: what is asked for, in a thread; never twice at a time.
        show: takes the answer, and returns after how many seconds to ask again; None = enough.
        fail: takes what went wrong and in how many seconds it is tried again; None = no more.
    """

    def __init__(
        self,
        ask: Callable[[], T],
        show: Callable[[T], float | None],
        fail: Callable[[Exception, float | None], None],
        within: float = WITHIN,
    ):
        self._ask, self._show, self._fail = ask, show, fail
        self._within = within
        self._asking = threading.Lock()
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._failures = 0
        self._is_wanted = False
        self.closed = False

    @property
    def is_following(self) -> bool:
        """Whether it will ask again by itself."""
        return self._loop is not None

    def wake(self) -> None:
        """Ask at once, and follow again if it had ended."""
        with self._guard:
            if self.closed:
                return
            if self._loop is not None and not self._loop.is_closed():
                assert self._bell is not None
                self._is_wanted = True
                self._loop.call_soon_threadsafe(self._bell.set)
                return
            self._begin()

    def pause(self) -> None:
        """Ask no more until it is woken."""
        with self._guard:
            loop, self._loop = self._loop, None
            task, self._task = self._task, None
        if loop is not None and task is not None and not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)

    def close(self) -> None:
        """Ask never again."""
        self.closed = True
        self.pause()

    def _begin(self) -> None:
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = asyncio.new_event_loop()
            self._bell = asyncio.Event()
            self._task = self._loop.create_task(self._follow(self._bell))
            threading.Thread(target=_run, args=(self._loop, self._task), daemon=True).start()
            return
        self._bell = asyncio.Event()
        self._task = self._loop.create_task(self._follow(self._bell))

    async def _follow(self, bell: asyncio.Event) -> None:
        while True:
            bell.clear()
            self._is_wanted = False
            pause = await self._step()
            if pause is None and self._ends():
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await bell.wait()
            if self._task is not asyncio.current_task():
                return

    def _ends(self) -> bool:
        with self._guard:
            if not self._is_wanted and self._task is asyncio.current_task():
                self._loop = self._task = None
            return not self._is_wanted

    async def _step(self) -> float | None:
        try:
            pause = self._show(await in_thread(self._ask_alone, self._within))
        except Exception as error:  # noqa: BLE001 - whatever it is, the widget tells it and goes on
            self._failures += 1
            pause = min(_LONGEST_PAUSE, 2.0**self._failures)
            again = pause if self._failures < _MOST_FAILURES else None
            self._fail(error, again)
            return again
        self._failures = 0
        return pause

    def _ask_alone(self) -> T:
        if not self._asking.acquire(timeout=self._within):
            raise NoAnswer  # the call before has not come back yet
        try:
            return self._ask()
        finally:
            self._asking.release()


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    asyncio.set_event_loop(loop)
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()
