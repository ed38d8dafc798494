"""What attempts leave for the next transaction: one that cannot be written keeps no other waiting."""

from datetime import UTC, datetime

import pytest
from invariants import check
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import xcom
from couture_scheduler.errors import StaleState
from couture_scheduler.states import AttemptState
from couture_scheduler.store.attempts import Ending
from couture_scheduler.worker import outbox as module
from couture_scheduler.worker.outbox import Outbox


@pytest.fixture
def two(world: World) -> dict[str, str]:
    """Two running tasks: {task_id: token}."""
    dag = DAG("sales", start_date=datetime(2026, 11, 20, tzinfo=UTC), is_paused_upon_creation=False)
    for name in ("good", "bad"):
        BashOperator(task_id=name, bash_command="true", dag=dag, retries=0)
    world.save(dag)
    world.trigger("sales", "run")
    world.step()
    return {row.task_id: row.token for row in world.claim()}


@pytest.fixture
def spoilt() -> list:
    return []


@pytest.fixture
def outbox(world: World, spoilt: list) -> Outbox:
    return Outbox("agent", world.policy, lambda *told: spoilt.append(told))


def pump(world: World, outbox: Outbox) -> dict[str, str]:
    try:
        with world.db.write() as tx:
            written = outbox.write(tx)
    except StaleState:  # as the agent does
        return pump(world, outbox)
    return outbox.settle(written)


def value(world: World, task_id: str, what: object) -> dict:
    run_pk = world.ti("sales", "run", task_id).run_pk
    key = {"run_pk": run_pk, "dag_id": "sales", "task_id": task_id, "map_index": -1, "key": "k"}
    return {**key, "value": what, "pickle": None, "text": None, "account": None}


def test_endings_and_values_are_written_together(world: World, two: dict, outbox: Outbox):
    for name, token in two.items():
        outbox.of(token).xcoms.append(value(world, name, "1"))
        outbox.of(token).ending = Ending(token, AttemptState.SUCCESS)
    assert sorted(pump(world, outbox)) == sorted(two.values())
    assert world.states("sales", "run") == {"good": "success", "bad": "success"}
    assert not outbox.is_due


def test_an_ending_that_cannot_be_written_blocks_no_other(world: World, two: dict, outbox: Outbox):
    outbox.of(two["good"]).ending = Ending(two["good"], AttemptState.SUCCESS)
    unwritable = {"class": object()}  # JSON has no such thing
    outbox.of(two["bad"]).ending = Ending(two["bad"], AttemptState.FAILED, "x", unwritable)
    assert sorted(pump(world, outbox)) == sorted(two.values())
    assert world.states("sales", "run") == {"good": "success", "bad": "failed"}
    assert "could not be stored" in world.ti("sales", "run", "bad").reason
    check(world.db)


def test_a_value_that_cannot_be_written_fails_its_own_task_only(
    world: World, two: dict, outbox: Outbox, spoilt: list
):
    outbox.of(two["bad"]).xcoms.append(value(world, "bad", "1") | {"length": 10**30})
    outbox.of(two["good"]).xcoms.append(value(world, "good", "2"))
    assert not pump(world, outbox)
    with world.db.read() as tx:
        assert [row.task_id for row in tx.rows(select(xcom))] == ["good"]
    ((token, reason),) = spoilt
    assert token == two["bad"]
    assert "could not be stored" in reason


def test_what_the_database_refuses_for_a_moment_stays_for_the_next_time(
    world: World, two: dict, outbox: Outbox, monkeypatch
):
    outbox.of(two["good"]).ending = Ending(two["good"], AttemptState.SUCCESS)
    finish = module.attempts.finish

    def away(*_: object) -> None:
        raise OperationalError("finish", {}, Exception("the database is away"))

    monkeypatch.setattr(module.attempts, "finish", away)
    with pytest.raises(OperationalError):
        pump(world, outbox)
    monkeypatch.setattr(module.attempts, "finish", finish)
    assert list(pump(world, outbox)) == [two["good"]]
    assert world.states("sales", "run")["good"] == "success"


class Line:
    """A connection that is lost whenever something of one attempt is written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, token: str):
        self.is_lost = False
        finish = module.attempts.finish

        def write(tx: Tx, endings: list[Ending], *more: object) -> list[str]:
            if any(one.token == token and one.state == AttemptState.SUCCESS for one in endings):
                self.is_lost = True
                raise OperationalError("finish", {}, Exception("the server has gone away"))
            return finish(tx, endings, *more)

        monkeypatch.setattr(module.attempts, "finish", write)
        monkeypatch.setattr(Tx, "is_undone_by", lambda *_: self.is_lost)


def try_once(world: World, outbox: Outbox, line: Line) -> dict[str, str]:
    """Do one transaction as the agent does, over a new connection."""
    line.is_lost = False
    try:
        with world.db.write() as tx:
            written = outbox.write(tx)
    except (StaleState, OperationalError):
        return {}
    return outbox.settle(written)


def test_a_connection_that_is_lost_while_each_is_written_alone_spoils_nothing(
    world: World, two: dict, outbox: Outbox, monkeypatch, spoilt: list
):
    for token in two.values():
        outbox.of(token).ending = Ending(token, AttemptState.SUCCESS)
    with monkeypatch.context() as patch:
        line = Line(patch, two["good"])
        for _ in range(5):  # together at first, then each alone
            assert not try_once(world, outbox, line)
    assert sorted(pump(world, outbox)) == sorted(two.values())
    assert world.states("sales", "run") == {"good": "success", "bad": "success"}
    assert spoilt == []


def test_what_the_database_hangs_up_at_each_time_fails_alone(
    world: World, two: dict, outbox: Outbox, monkeypatch
):
    for token in two.values():
        outbox.of(token).ending = Ending(token, AttemptState.SUCCESS)
    line = Line(monkeypatch, two["bad"])
    done: dict[str, str] = {}
    for _ in range(8):
        done |= try_once(world, outbox, line)
    assert done.keys() == set(two.values())
    assert world.states("sales", "run") == {"good": "success", "bad": "failed"}
    assert "hangs up" in world.ti("sales", "run", "bad").reason
