"""What databases look like on their way between revisions, and processes that die on it."""

import multiprocessing
import os
import signal
from typing import Any

import rows
from sqlalchemy import Engine, event, inspect

from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database


def shape(db: Database) -> dict[str, Any]:
    """Return what can be told apart of all tables."""
    found = inspect(db.engine)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in found.get_columns(name)
            },
            "indexes": sorted(
                (index["name"], tuple(index["column_names"])) for index in found.get_indexes(name)
            ),
            "unique": sorted(
                tuple(unique["column_names"]) for unique in found.get_unique_constraints(name)
            ),
            "foreign": sorted(
                (key["name"], key["referred_table"]) for key in found.get_foreign_keys(name)
            ),
        }
        for name in found.get_table_names()
        if name not in rows.NOT_OURS
    }


def all_rows(db: Database) -> dict[str, Any]:
    """Return all values of all tables."""
    with db.read() as tx:
        return rows.read(tx.connection)


def assert_kept(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Compare the columns that both have."""
    for table, column in rows.shared(before, after):
        assert before[table][column] == after[table][column], f"{table}.{column}"


class _Statements:
    """Counts statements of this process, and kills it before one of them."""

    def __init__(self, last: int | None = None):
        self.count = 0
        self._last = last

    def __call__(self, *_: object) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def count_statements(db: Database, direction: str, revision: str) -> int:
    """Migrate, and return how many statements that took."""
    counter = _Statements()
    event.listen(Engine, "before_cursor_execute", counter)
    getattr(migrate, direction)(db, revision)
    event.remove(Engine, "before_cursor_execute", counter)
    return counter.count


def die_at(url: str, direction: str, revision: str, statement: int) -> None:
    """Migrate in a process that is killed before its statement of that number."""
    _die(url, direction, revision, _Statements(statement), None)


def die_after(url: str, direction: str, revision: str, seconds: float) -> None:
    """Migrate in a process that is killed after some time, wherever it is."""
    _die(url, direction, revision, _Statements(), seconds)


def _die(
    url: str, direction: str, revision: str, counter: _Statements, seconds: float | None
) -> None:
    def work() -> None:
        event.listen(Engine, "before_cursor_execute", counter)
        getattr(migrate, direction)(Database(url), revision)
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(60 if seconds is None else seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
