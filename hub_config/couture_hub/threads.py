"""The only crossing from the Hub's event loop to blocking calls: threads, bounded in number."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Busy(Exception):
    """All threads are taken and the queue is full."""


class Threads:
    """A pool that refuses work rather than let it pile up.

    Args:
        waiting: how many calls may wait for a thread.
    """

    def __init__(self, name: str, count: int, waiting: int):
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._limit = count + waiting
        self._calls = 0

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call a blocking function.

        Raises:
            Busy: too many calls are under way.
        """
        if self._calls >= self._limit:
            raise Busy()
        self._calls += 1
        future = self._pool.submit(functools.partial(function, *args))
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._note_end))
        return await asyncio.wrap_future(future)

    def _note_end(self) -> None:
        self._calls -= 1
