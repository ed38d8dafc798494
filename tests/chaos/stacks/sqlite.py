"""SQLite and the local executor."""

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator

from chaos.faults import Kind, Pick, Touched
from chaos.plan import Range
from chaos.stacks.base import Stack


class SqliteStack(Stack):
    """One file on this host, many processes."""

    name = "sqlite"
    not_applied = {"clock.jump": "on SQLite the time is the host's wall clock"}

    def faults(self) -> dict[str, Kind]:
        """Add an outsider who holds the database's locks."""
        return {
            **super().faults(),
            "db.queue_held": Kind(Range(1, 1, 8), self._queue_held, outage=True),
            "db.write_lock_held": Kind(Range(1, 1, 14), self._write_lock_held, outage=True),
        }

    @contextlib.contextmanager
    def _queue_held(self, _pick: Pick) -> Iterator[Touched]:
        """Hold the file in which writers queue, as a writer that hangs would."""
        with (self.settings.run_path / "db.lock").open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield Touched()

    @contextlib.contextmanager
    def _write_lock_held(self, _pick: Pick) -> Iterator[Touched]:
        """Hold SQLite's own lock, as an outsider with a shell would."""
        with contextlib.closing(
            sqlite3.connect(self.home / "couture.db", isolation_level=None, timeout=30)
        ) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield Touched()
            connection.execute("ROLLBACK")
