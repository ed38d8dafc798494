"""The database of a test, empty each time: in memory, or on the server that the environment names.

One engine a process, which keeps its compiled statements. `COUTURE_TEST_DATABASE` is an SQLAlchemy
URL; each process of a parallel run has a database of its own there.
"""

import contextlib
import os
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    create_engine,
    delete,
    exists,
    literal,
    make_url,
    select,
    text,
    union_all,
)

from couture_scheduler.clock import Clock
from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database
from couture_scheduler.db.schema import metadata
from couture_scheduler.store import limits

URL = os.environ.get("COUTURE_TEST_DATABASE")


def memory_database(clock: Clock, slots: int = 128) -> Database:
    """Return the one database, empty again, on a clock; what had it before is over."""
    database = _on_server(URL) if URL else _in_memory()
    database.clock = clock
    with database.write() as tx:
        limits.ensure_default_pool(tx, slots)
    return database


def _in_memory() -> Database:
    database, empty = _kept()
    database.engine.dispose()  # statements that a connection keeps are of the schema that it had
    _connection(database).deserialize(empty)
    return database


@cache
def _kept() -> tuple[Database, bytes]:
    database = Database("sqlite://")
    metadata.create_all(database.engine)
    return database, _connection(database).serialize()


def _on_server(url: str) -> Database:
    database = _created(url)
    with database.engine.begin() as connection:
        is_postgres = database.engine.dialect.name == "postgresql"
        if not is_postgres:
            connection.execute(text("SET FOREIGN_KEY_CHECKS=0"))
        for table in _filled(connection):
            connection.execute(delete(table))
            if not is_postgres and _is_numbered(table):
                connection.execute(text(f"ALTER TABLE `{table.name}` AUTO_INCREMENT = 1"))
        if is_postgres:
            connection.execute(text(_FROM_ONE))
        else:
            connection.execute(text("SET FOREIGN_KEY_CHECKS=1"))
    return database


def _filled(connection: Connection) -> list[Table]:
    """Return the tables that have rows, those that refer to others first."""
    asked = [
        select(literal(table.name)).where(exists(select(literal(1)).select_from(table)))
        for table in metadata.sorted_tables
    ]
    names = set(connection.scalars(union_all(*asked)))
    return [table for table in reversed(metadata.sorted_tables) if table.name in names]


def _is_numbered(table: Table) -> bool:
    return table.autoincrement_column is not None


_FROM_ONE = "SELECT " + ", ".join(
    f"setval(pg_get_serial_sequence('{table.name}', 'id'), 1, false)"
    for table in metadata.sorted_tables
    if _is_numbered(table)
)


def empty_database(folder: Path) -> str:
    """Return the URL of a database without tables: a file, or a new one on the server."""
    return _new(URL, "empty") if URL else f"sqlite:///{folder / 'empty.db'}"


def _new(url: str, purpose: str) -> str:
    name = f"couture_{purpose}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@cache
def _created(url: str) -> Database:
    database = Database(_new(url, "tests"))
    migrate.upgrade(database)
    return database


def _connection(database: Database) -> Any:
    with contextlib.closing(database.engine.raw_connection()) as pooled:
        return pooled.driver_connection
