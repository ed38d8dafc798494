"""Transactions: one writer at a time, promises kept after commit only."""

import subprocess
import sys

import pytest
from sqlalchemy import text

from couture_scheduler.db.database import Database

COUNT = """
import sys
from pathlib import Path
from couture_scheduler.db.database import Database
from sqlalchemy import text
db = Database(sys.argv[1], lock_path=Path(sys.argv[2]))
for _ in range(100):
    with db.write() as tx:
        n = tx.scalar(text("SELECT n FROM counter"))
        tx.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
"""


def test_three_processes_that_read_and_write_lose_no_update(tmp_path):
    url, lock = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "db.lock"
    db = Database(url, lock_path=lock)
    with db.write() as tx:
        tx.execute(text("CREATE TABLE counter (n INTEGER)"))
        tx.execute(text("INSERT INTO counter VALUES (0)"))
    command = [sys.executable, "-c", COUNT, url, str(lock)]
    writers = [subprocess.Popen(command) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    with db.read() as tx:
        assert tx.scalar(text("SELECT n FROM counter")) == 300


def test_what_was_promised_for_after_the_commit_is_not_done_when_it_fails(tmp_path):
    db = Database(f"sqlite:///{tmp_path / 'a.db'}")
    done = []
    with pytest.raises(ZeroDivisionError), db.write() as tx:
        tx.after_commit(lambda: done.append("never"))
        raise ZeroDivisionError
    with db.write() as tx:
        tx.after_commit(lambda: done.append("yes"))
        assert done == []
    assert done == ["yes"]


def test_sqlite_keeps_every_commit_through_a_power_cut(tmp_path):
    db = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with db.read() as tx:
        assert tx.scalar(text("PRAGMA synchronous")) == 2
        assert tx.scalar(text("PRAGMA journal_mode")) == "wal"
        assert tx.scalar(text("PRAGMA foreign_keys")) == 1
