"""Fixtures of the directory's tests; see `tests/support/slapd.py`.

slapd       a real directory, one for the session; a test puts back what it changes
directory   a Directory on it, its settings changed by keyword
silent      a server that accepts connections and says nothing
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slapd import Slapd, start_slapd

from couture_hub.directory import Directory
from couture_scheduler.ldap.keys import read_values
from couture_scheduler.ldap.options import options_of


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with start_slapd(tmp_path_factory.mktemp("slapd")) as directory:
        yield directory


def open_directory(values: dict[str, Any]) -> Directory:
    return Directory(options_of(read_values(values)))


@pytest.fixture
def directory(slapd: Slapd) -> Callable[..., Directory]:
    return lambda **more: open_directory(slapd.values(**more))


@contextlib.contextmanager
def odd_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run `talk` on every connection that comes in, and give the port."""
    server = socket.create_server(("127.0.0.1", 0))
    opened: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                opened.append(server.accept()[0])
                threading.Thread(target=_talk, args=(talk, opened[-1]), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        for one in (server, *opened):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _talk(talk: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        talk(connection)


@pytest.fixture
def silent() -> Iterator[int]:
    with odd_server(lambda connection: None) as port:
        yield port
