"""The schema, step by step, there and back, with rows in every table."""

from pathlib import Path

import pytest
import rows
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from memory import URL, empty_database
from schemas import all_rows, assert_kept, shape
from sqlalchemy import select, text

from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database
from couture_scheduler.db.schema import metadata
from couture_scheduler.db.tables import pool, task_instance
from couture_scheduler.settings import SettingsError

VERSIONS = Path(migrate.__file__).parent / "migrations" / "versions"
REVISIONS = sorted(path.name[:4] for path in VERSIONS.glob("0*.py"))
IN_LARGE_TABLES = 2_000 if URL else 300

OLD_ROWS = (
    "INSERT INTO pool (name, slots, occupied) VALUES ('default_pool', 3, 0)",
    "INSERT INTO dag_run (id, dag_id, run_id, slot_key, state, version, run_type, run_after,"
    " dag_version_id, clear_number) VALUES (1, 'd', 'r', 'M:1', 'running', 2, 'manual', 0, 1, 0)",
    "INSERT INTO task_instance (id, run_pk, dag_id, task_id, map_index, state, version, try_number,"
    " attempt_number, max_tries, lost_count, pool, pool_slots, queue, priority_weight)"
    " VALUES (1, 1, 'd', 't', -1, 'running', 3, 1, 1, 0, 0, 'default_pool', 1, 'default', 1)",
    "INSERT INTO attempt (id, ti_id, number, try_number, state, executor, queue, pool, pool_slots,"
    " file_version_id, dag_version_id, created_at, rung_at)"
    " VALUES ('a', 1, 1, 1, 'success', 'local', 'default', 'default_pool', 1, 'f', 1, 0, 0)",
)


@pytest.fixture
def db(tmp_path):
    database = Database(empty_database(tmp_path))
    yield database
    database.close()


def test_migrations_lead_to_the_tables_of_this_release(db):
    migrate.upgrade(db)
    assert migrate.current(db) == migrate.HEAD
    migrated = shape(db)
    with db.read() as tx:
        # alembic cannot compare an index that descends; `shape` below does
        options = {"include_object": lambda _, name, *__: name != "ix_task_instance_waits"}
        context = MigrationContext.configure(tx.connection, opts=options)
        assert compare_metadata(context, metadata) == []
    metadata.drop_all(db.engine)
    metadata.create_all(db.engine)
    assert migrated == shape(db)


def test_down_to_nothing_and_up_again(db):
    migrate.upgrade(db)
    before = shape(db)
    migrate.downgrade(db, "base")
    assert shape(db) == {}
    migrate.upgrade(db)
    assert shape(db) == before


def test_rows_of_every_table_live_through_every_step_there_and_back(db):
    older = None
    for revision in REVISIONS:
        before = all_rows(db)
        migrate.upgrade(db, revision)
        assert_kept(before, all_rows(db))
        if older is not None:
            migrate.downgrade(db, older)
            assert all_rows(db) == before
            migrate.upgrade(db, revision)
        with db.write() as tx:
            rows.fill(tx.connection, IN_LARGE_TABLES)
        older = revision
    before = all_rows(db)
    assert all(len(column) >= 3 for table in before.values() for column in table.values())
    for revision in reversed(REVISIONS[:-1]):
        migrate.downgrade(db, revision)
        assert_kept(before, all_rows(db))


def test_a_database_of_a_newer_release_is_refused(db):
    migrate.upgrade(db)
    with db.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match=f"`couture db downgrade {migrate.HEAD}`"):
        migrate.upgrade(db)


def test_task_instances_of_the_release_before_live_through_the_way_there_and_back(db):
    migrate.upgrade(db, "0002")
    with db.write() as tx:
        for statement in OLD_ROWS:
            tx.execute(text(statement))
    migrate.upgrade(db)
    with db.write() as tx:
        row = tx.first(select(task_instance))
        assert (row.reschedules, row.next_method, row.next_kwargs) == (0, None, None)
        found = tx.first(select(pool))
        assert (found.deferred, found.include_deferred) == (0, False)
        tx.execute(text("UPDATE task_instance SET state = 'deferred', next_method = 'resume'"))
        tx.execute(text("UPDATE attempt SET state = 'deferred'"))
    migrate.downgrade(db, "0002")
    with db.read() as tx:
        assert tx.scalar(text("SELECT state FROM task_instance")) == "up_for_reschedule"
        assert tx.scalar(text("SELECT state FROM attempt")) == "rescheduled"
        assert tx.scalar(text("SELECT slots FROM pool")) == 3
