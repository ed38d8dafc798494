"""Asking a directory with a limit on the whole, whatever it does or does not do."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from couture_hub.directory.connection import Connector
from couture_scheduler.ldap.profile import DirectoryAway

T = TypeVar("T")

WHOLE_SECONDS = 15
_AT_ONCE = 32
_free = threading.BoundedSemaphore(_AT_ONCE)


def ask(connector: Connector, work: Callable[[], T]) -> T:
    """Do `work` on connections of `connector` and end them.

    It runs in a thread of its own: names are resolved without a time limit, and a directory that
    sends a byte now and then never runs into one of ldap3's.

    Raises:
        DirectoryAway: it took too long, or too many others wait already.
    """
    places = _free
    if not places.acquire(blocking=False):
        raise DirectoryAway(f"{_AT_ONCE} logins wait for {connector.options.server} already.")
    future: Future[T] = Future()
    todo = (future, connector, work, places)
    threading.Thread(target=_run, args=todo, name="ldap", daemon=True).start()
    try:
        return future.result(WHOLE_SECONDS)
    except TimeoutError:
        raise DirectoryAway(
            f"{connector.options.server} took longer than {WHOLE_SECONDS} s."
        ) from None
    finally:
        connector.abort()


def _run(
    future: Future[T],
    connector: Connector,
    work: Callable[[], T],
    places: threading.BoundedSemaphore,
) -> None:
    try:
        settle = partial(future.set_result, work())
    except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits
        settle = partial(future.set_exception, error)
    connector.close()
    places.release()
    settle()
