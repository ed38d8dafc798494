"""Databases in memory for tests: one engine a process, which keeps its compiled statements."""

import contextlib
from functools import cache
from typing import Any

from couture_scheduler.clock import Clock
from couture_scheduler.db.database import Database
from couture_scheduler.db.tables import metadata
from couture_scheduler.store import limits


def memory_database(clock: Clock, slots: int = 128) -> Database:
    """Return the one database, empty again, on a clock; what had it before is over."""
    database, empty = _kept()
    database.clock = clock
    database.engine.dispose()  # statements that a connection keeps are of the schema that it had
    _connection(database).deserialize(empty)
    with database.write() as tx:
        limits.ensure_default_pool(tx, slots)
    return database


@cache
def _kept() -> tuple[Database, bytes]:
    database = Database("sqlite://")
    metadata.create_all(database.engine)
    return database, _connection(database).serialize()


def _connection(database: Database) -> Any:
    with contextlib.closing(database.engine.raw_connection()) as pooled:
        return pooled.driver_connection
