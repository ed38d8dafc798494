"""Migrations whose process is killed at any statement or moment, and processes that start together.

MariaDB cannot undo changes of the schema: there the next start completes what was begun.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import rows
from memory import URL, empty_database
from schemas import all_rows, assert_kept, count_statements, die_after, die_at, shape
from sqlalchemy import event

from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database
from couture_scheduler.settings import SettingsError

IN_LARGE_TABLES, KILLS = (10_000, 10) if URL else (2_000, 4)
CHANCE = random.Random(os.environ.get("COUTURE_SEED", "7"))


@pytest.fixture
def db(tmp_path):
    database = Database(empty_database(tmp_path))
    yield database
    database.close()


@pytest.fixture
def whole(db):
    """What the tables of this release look like; the database is at its first revision again."""
    migrate.upgrade(db)
    found = shape(db)
    migrate.downgrade(db, "0001")
    return found


def fill(db: Database, many: int = 50) -> dict:
    with db.write() as tx:
        rows.fill(tx.connection, many)
    return all_rows(db)


def some(count: int) -> list[int]:
    return sorted(CHANCE.sample(range(1, count + 1), KILLS))


def test_an_upgrade_that_was_killed_is_completed_by_the_next_start(db, whole):
    count = count_statements(db, "upgrade", "head")
    for statement in some(count):
        migrate.downgrade(db, "0001")
        before = fill(db)
        die_at(db.url, "upgrade", "head", statement)
        die_at(db.url, "upgrade", "head", statement // 2)
        migrate.upgrade(db)
        assert shape(db) == whole, f"killed at statement {statement}"
        assert_kept(before, all_rows(db))


def test_an_upgrade_of_many_rows_is_killed_at_any_moment(db, whole):
    before = fill(db, IN_LARGE_TABLES)
    started = time.monotonic()
    migrate.upgrade(db)
    took = time.monotonic() - started
    for _ in range(3):
        migrate.downgrade(db, "0001")
        die_after(db.url, "upgrade", "head", CHANCE.uniform(0, took))
        migrate.upgrade(db)
        assert shape(db) == whole
    assert_kept(before, all_rows(db))


def test_a_downgrade_that_was_killed_is_ended_before_anything_else(db, whole):
    old = shape(db)
    migrate.upgrade(db)
    count = count_statements(db, "downgrade", "0001")
    for statement in some(count):
        migrate.upgrade(db)
        fill(db)
        die_at(db.url, "downgrade", "0001", statement)
        try:
            migrate.upgrade(db)
            assert shape(db) == whole
        except SettingsError as refused:
            assert db.engine.dialect.name == "mysql"
            assert "`couture db downgrade 0001`" in str(refused)  # noqa: PT017 - not always raised
        migrate.downgrade(db, "0001")
        assert shape(db) == old, f"killed at statement {statement}"


def test_processes_that_start_together_migrate_once(db):
    migrate.upgrade(db, "0001")
    before = fill(db, IN_LARGE_TABLES)
    with ThreadPoolExecutor(4) as pool_of_threads:
        list(pool_of_threads.map(_upgrade, [db.url] * 4))
    assert migrate.current(db) == migrate.HEAD
    assert_kept(before, all_rows(db))


@pytest.mark.parametrize("number", [1146, 1412, 1684], ids=["gone", "changed", "skipped"])
def test_who_starts_while_another_process_changes_a_table_waits_for_it(db, number):
    """MySQL refuses to describe such a table; the process that started beside it ended."""
    answers = [(number, "Table 'migration_under_way' is not what it was")]

    def refuse(*_call: object) -> None:
        if answers:
            raise db.engine.dialect.loaded_dbapi.OperationalError(*answers.pop())

    event.listen(db.engine, "do_execute", refuse)
    migrate.upgrade(db)
    assert (answers, migrate.current(db)) == ([], migrate.HEAD)


def _upgrade(url: str) -> None:
    other = Database(url)
    migrate.upgrade(other)
    other.close()
