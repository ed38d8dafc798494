"""What a test needs of the machine it runs on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from servers import MySQL, Server

S = TypeVar("S", bound=Server)


def require(kind: type[Server]) -> None:
    """Skip a test whose server is not installed; with COUTURE_NO_SKIP let it fail instead.

    MySQL may be missing even then: it is in none of Debian's stable releases.
    """
    is_expected = os.environ.get("COUTURE_NO_SKIP") and kind is not MySQL
    if not kind.is_installed() and not is_expected:
        pytest.skip(kind.missing)


@contextmanager
def running(kind: type[S]) -> Iterator[S]:
    """Give a server that runs, and end it; see `require`."""
    require(kind)
    server = kind()
    try:
        server.start()
        yield server
    finally:
        server.stop()
