"""Connections and transactions. One `Database` a process.

Writing on SQLite: WAL, `synchronous=FULL`, `BEGIN IMMEDIATE`, and one blocking flock on
`run/db.lock` round each write, because SQLite's own busy handler is unfair: a third writer
waited up to 5 s without it and 134 ms with it.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    NestedTransaction,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError

from couture_scheduler.clock import Clock
from couture_scheduler.db import servers
from couture_scheduler.db.server_clock import ServerClock
from couture_scheduler.errors import StaleState

#: what is raised while the database cannot be reached, or somebody holds it for too long
AWAY = (OperationalError, InterfaceError)


class Tx:
    """One transaction: statements, the time that holds for all of it, and what to do once it holds.

    Attributes:
        now: the clock's time when the transaction began; the only "now" of its statements.
    """

    def __init__(self, connection: Connection, now: datetime):
        self.connection = connection
        self.now = now
        self._after_commit: list[Callable[[], None]] = []

    def is_undone_by(self, error: BaseException) -> bool:
        """Say whether an error has undone all of the transaction, savepoints or not.

        The connection was lost, or others were in the way: MySQL and MariaDB undo everything then.
        """
        found: BaseException | None = error
        while found is not None:
            if isinstance(found, DBAPIError) and servers.is_conflict(found):
                return True
            found = found.__context__
        return self.connection.invalidated

    @property
    def locks_rows(self) -> bool:
        """Whether others write at the same time; on SQLite a transaction that writes is alone."""
        return self.connection.dialect.name != "sqlite"

    def execute(self, statement: Any, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement."""
        return self.connection.execute(statement, parameters)

    def rows(self, statement: Any, parameters: Any = None) -> list[Any]:
        """Run a query and return all rows."""
        return list(self.connection.execute(statement, parameters).all())

    def scalars(self, statement: Any, parameters: Any = None) -> list[Any]:
        """Run a query and return the first column of all rows."""
        return list(self.connection.scalars(statement, parameters))

    def first(self, statement: Any, parameters: Any = None) -> Any | None:
        """Run a query and return its first row, or None."""
        return self.connection.execute(statement, parameters).first()

    def scalar(self, statement: Any, parameters: Any = None) -> Any:
        """Run a query and return the first column of its first row, or None."""
        return self.connection.execute(statement, parameters).scalar()

    def savepoint(self) -> NestedTransaction:
        """Return a context; when it raises, what was written in it is undone and nothing else."""
        return self.connection.begin_nested()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call `action` once the transaction is durable; never if it is rolled back."""
        if action not in self._after_commit:
            self._after_commit.append(action)

    def run_after_commit(self) -> None:
        """Do what was promised; called by `Database.write` alone."""
        for action in self._after_commit:
            action()


class Database:
    """The metadata database.

    Args:
        url: an SQLAlchemy URL.
        clock: where "now" comes from; default: the server's clock, on SQLite this host's. A virtual
            one in tests and simulations.
        lock_path: the flock file that makes SQLite's writers queue; None = no lock.
    """

    def __init__(self, url: str, clock: Clock | None = None, lock_path: Path | None = None):
        self.url = url
        self.engine = _create_engine(url)
        self.clock = clock or (Clock() if self.is_sqlite else ServerClock.of(self.engine))
        self._thread_lock = threading.Lock()
        self._lock_fd = None
        if lock_path is not None and self.is_sqlite:
            self._lock_fd = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @property
    def is_sqlite(self) -> bool:
        """Say whether the whole database is one file on this host."""
        return self.engine.dialect.name == "sqlite"

    @property
    def place(self) -> str:
        """The URL, as it may be shown: without the password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a transaction that sees one state of the database and writes nothing."""
        with self.engine.connect() as connection:
            yield Tx(connection, self._now(connection))

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Open a transaction that commits when the block ends and rolls back when it raises.

        Raises:
            StaleState: others' transactions were in the way; all of it may be done again.
        """
        try:
            with self._one_writer(), self.engine.connect() as connection:
                connection = connection.execution_options(couture_write=True)
                with connection.begin():
                    tx = Tx(connection, self._now(connection))
                    yield tx
        except DBAPIError as error:
            if servers.is_conflict(error):
                raise StaleState(f"another transaction was in the way: {error.orig}") from error
            raise
        except PendingRollbackError as error:
            raise StaleState("the connection was lost on the way") from error
        tx.run_after_commit()

    def _now(self, connection: Connection) -> datetime:
        if isinstance(self.clock, ServerClock):
            self.clock.refresh(connection)
        return self.clock.now()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        with self._thread_lock:
            if self._lock_fd is None:
                yield
                return
            fcntl.flock(self._lock_fd, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._lock_fd, fcntl.LOCK_UN)


def _create_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return servers.create(url)
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("couture_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
