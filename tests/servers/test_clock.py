"""The time that all hosts share is the server's."""

import time
from datetime import timedelta

from sqlalchemy import event, text

_FAR = timedelta(hours=2)


def test_now_is_the_server_s_though_this_host_s_clock_is_wrong(db, monkeypatch):
    with db.read() as tx:
        right = tx.now
    truth = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: truth() + int(_FAR.total_seconds() * 1e9))
    with db.read() as tx:
        assert timedelta(0) <= tx.now - right < timedelta(seconds=5)


def test_the_server_is_asked_once_for_many_transactions(db):
    def asked() -> int:
        statements.clear()
        for _ in range(20):
            with db.read() as tx:
                tx.execute(text("SELECT 1"))
        return sum("1970-01-01" in one or "clock_timestamp" in one for one in statements)

    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    asked()
    assert asked() == 0
    db.engine.dispose()  # a new connection may lead to another server
    assert asked() == 1


def test_now_goes_on_between_two_readings(db):
    with db.read() as tx:
        first = tx.now
    with db.read() as tx:
        assert tx.now > first
