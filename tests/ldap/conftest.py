"""Fixtures of the directory's tests; see `tests/support/slapd.py`.

slapd       a real directory, one for the session; a test puts back what it changes
directory   a Directory on it, its settings changed by keyword
silent      the port of a server that accepts connections and says nothing
"""

from collections.abc import Callable, Iterator

import pytest
from odd_servers import odd_server
from slapd import Slapd, open_directory, start_slapd

from couture_hub.directory import Directory


@pytest.fixture(scope="session")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with start_slapd(tmp_path_factory.mktemp("slapd")) as directory:
        yield directory


@pytest.fixture
def directory(slapd: Slapd) -> Callable[..., Directory]:
    return lambda **more: open_directory(slapd.values(**more))


@pytest.fixture
def silent() -> Iterator[int]:
    with odd_server(lambda connection: None) as port:
        yield port
