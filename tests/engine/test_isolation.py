"""One run, DAG or attempt at which the engine fails keeps no other from going on."""

from typing import Any

import pytest
from mapped import make_dag, task
from sqlalchemy import select, update
from world import World

from couture_scheduler.db.tables import dag_run, task_instance
from couture_scheduler.engine import create_runs
from couture_scheduler.engine import scheduler as loop
from couture_scheduler.plans import Plans
from couture_scheduler.store import claims, runs
from couture_scheduler.store.transition import IllegalMove
from couture_scheduler.worker.claiming import Claiming


def save(world: World, dag_id: str, **options: Any) -> None:
    made = make_dag(dag_id, **options)
    task(made, "a")
    world.save(made, path=f"{dag_id}.py")


@pytest.fixture
def two(world: World) -> World:
    """Of two DAGs with one task each, both are triggered."""
    for dag_id in ("bad", "good"):
        save(world, dag_id)
        world.trigger(dag_id, "r")
    return world


def test_a_run_that_cannot_be_looked_at_keeps_no_other_from_it(two: World, monkeypatch, caplog):
    decide = loop.decide_run

    def fail(tx, plans, run, *more):
        if run.dag_id == "bad":
            tx.execute(update(dag_run).where(dag_run.c.id == run.id).values(note="half done"))
            raise KeyError("its plan is odd")
        return decide(tx, plans, run, *more)

    monkeypatch.setattr(loop, "decide_run", fail)
    with pytest.raises(KeyError):
        two.scheduler.step()
    assert two.states("good", "r") == {"a": "none"}
    two.scheduler.isolation.begin()
    two.step()
    assert (two.states("good", "r"), two.states("bad", "r")) == ({"a": "queued"}, {"a": "none"})
    assert "Looking at run r of DAG bad failed" in caplog.text
    with two.db.read() as tx:
        assert runs.get_run(tx, "bad", "r").note is None

    monkeypatch.undo()
    two.clock.advance(61)
    two.step()
    assert two.states("bad", "r") == {"a": "queued"}


def test_a_task_that_cannot_be_queued_keeps_no_other_from_it(two: World, monkeypatch):
    """Its attempt is there already, as two of one task instance never can be."""
    two.step()
    with two.db.write() as tx:
        of_bad = update(task_instance).where(task_instance.c.dag_id == "bad")
        tx.execute(of_bad.values(state="scheduled"))
    two.trigger("good", "next")
    with pytest.raises(Exception, match="live_ti_id"):
        two.scheduler.step()
    two.scheduler.isolation.begin()
    two.step()
    assert two.states("good", "next") == {"a": "queued"}
    assert two.scheduler.isolation.has_failed


def test_a_dag_whose_runs_cannot_be_created_keeps_no_other_from_it(world: World, monkeypatch):
    for dag_id in ("bad", "good"):
        save(world, dag_id, schedule="@hourly", start_date=world.clock.now())
    advance = create_runs.advance

    def fail(tx, dag, *more):
        if dag.dag_id == "bad":
            raise KeyError("its timetable is odd")
        advance(tx, dag, *more)

    monkeypatch.setattr(create_runs, "advance", fail)
    world.clock.advance(3700)
    with pytest.raises(KeyError):
        world.scheduler.step()
    world.scheduler.isolation.begin()
    world.scheduler.step()
    with world.db.read() as tx:
        assert tx.scalars(select(dag_run.c.dag_id)) == ["good"]
    assert world.scheduler.isolation.has_failed


class Held:
    """A tenure that nobody contests."""

    epoch = 1

    def may_claim(self, _tx: Any) -> bool:
        return True


def test_an_attempt_that_cannot_be_claimed_keeps_no_other_from_it(two: World, settings):
    two.step()
    with two.db.write() as tx:
        of_bad = update(task_instance).where(task_instance.c.dag_id == "bad")
        tx.execute(of_bad.values(state="scheduled"))
    claiming = Claiming(settings, Held(), None, Plans())
    with pytest.raises(IllegalMove), two.db.write() as tx:
        claiming.claim(tx, 9)
    claiming.isolation.begin()
    with two.db.write() as tx:
        assert [one.row.dag_id for one in claiming.claim(tx, 9)] == ["good"]
    assert two.states("good", "r") == {"a": "running"}
    with two.db.read() as tx:
        assert [row.dag_id for row in claims.list_queued(tx, None, 9)] == ["bad"]
