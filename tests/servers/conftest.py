"""Tests against real database servers; `make test-services` runs them."""

from pathlib import Path

import pytest
from required import running
from sqlalchemy import create_engine, make_url, text

from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database
from servers import MariaDB, MySQL, PostgreSQL

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("services")


@pytest.fixture(
    scope="session", params=[MariaDB, MySQL, PostgreSQL], ids=lambda kind: kind.__name__
)
def server(request):
    """A running database server; whoever kills it starts it again."""
    with running(request.param) as server:
        yield server


@pytest.fixture
def url(server, request):
    """A database without tables on it."""
    name = f"t{abs(hash(request.node.nodeid))}"
    engine = create_engine(server.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(server.url).set(database=name).render_as_string(hide_password=False)
    engine.dispose()


@pytest.fixture
def open_db(url):
    """Opens that database, with the tables of this release, once more each time."""
    opened = []

    def open_it() -> Database:
        db = Database(url)
        migrate.upgrade(db)
        opened.append(db)
        return db

    yield open_it
    for db in opened:
        db.close()


@pytest.fixture
def db(open_db):
    return open_db()
