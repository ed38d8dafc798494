"""Task instances that wait for a slot: who gets it, and what looking at many of them costs."""

from typing import Any

import pytest
from mapped import make_dag, stored, task
from sqlalchemy import event, insert, update
from world import World

from couture_scheduler.db.tables import dag, dag_run, pool, task_instance
from couture_scheduler.states import TASK_MOVES, is_legal
from couture_scheduler.store import runs

MANY = 400


def wide(world: World, dag_id: str = "d", count: int = MANY, **options: Any) -> str:
    """Save a DAG of one task mapped over `count` values and trigger it."""
    made = make_dag(dag_id, max_active_tasks=options.pop("max_active_tasks", MANY))
    task(made, "work", **options)
    world.save(stored(made, {"work": [count]}), path=f"{dag_id}.py")
    return world.trigger(dag_id)


def statements(world: World) -> list[str]:
    """Return what one look of the scheduler asks of the database."""
    asked: list[str] = []

    def note(*one: Any) -> None:
        asked.append(one[2])

    event.listen(world.db.engine, "before_cursor_execute", note)
    world.scheduler.step()
    event.remove(world.db.engine, "before_cursor_execute", note)
    return asked


def make_pool(world: World, name: str, slots: int) -> None:
    with world.db.write() as tx:
        tx.execute(insert(pool).values(name=name, slots=slots, occupied=0))


LIMITS = {
    "of the DAG": {"max_active_tasks": 2},
    "of the task": {"max_active_tis_per_dag": 2},
    "of the task in a run": {"max_active_tis_per_dagrun": 2},
    "of a pool": {"pool": "small"},
    "of a pool whose rest is too small": {"pool": "small", "pool_slots": 2},
}


@pytest.mark.parametrize("options", LIMITS.values(), ids=LIMITS)
def test_what_waits_for_one_limit_is_not_looked_at_one_by_one(world: World, options):
    make_pool(world, "small", 3)
    wide(world, **options)
    world.step()
    first, *_ = world.claim()
    world.finish(first.token)
    assert len(statements(world)) < 40
    assert len(world.claim()) == 1
    assert len(statements(world)) < 20


def test_what_waits_for_a_pool_that_is_gone_is_not_looked_at_one_by_one(world: World):
    make_pool(world, "small", 1)
    run_id = wide(world, pool="small")
    world.step()
    with world.db.write() as tx:
        tx.execute(pool.delete().where(pool.c.name == "small"))
    assert len(statements(world)) < 20
    assert world.instances("d", run_id, "work")[MANY - 1] == "scheduled"


@pytest.mark.parametrize("options", LIMITS.values(), ids=LIMITS)
def test_what_waits_before_others_does_not_hide_those_that_have_room(world: World, options):
    make_pool(world, "small", 3)
    wide(world, "crowd", priority_weight=9, **options)
    world.step()
    world.claim()
    wide(world, "other", count=1)
    world.step()
    assert [row.dag_id for row in world.claim()] == ["other"]


def test_a_pool_without_limit_gives_all_but_those_whose_task_has_its_own(world: World):
    with world.db.write() as tx:
        tx.execute(update(pool).values(slots=-1))
    wide(world, "limited", max_active_tis_per_dag=2, priority_weight=9)
    wide(world, "free", count=50)
    world.step()
    given = [row.dag_id for row in world.claim()]
    assert sorted(given) == ["free"] * 50 + ["limited"] * 2


def test_the_limit_of_a_task_in_one_run_leaves_other_runs_their_slots(world: World):
    wide(world, max_active_tis_per_dagrun=2)
    world.trigger("d")
    world.step()
    assert len({row.run_id for row in world.claim()}) == 2


def test_what_has_waited_longer_is_not_overtaken_by_its_equals(world: World):
    make_pool(world, "small", 1)
    older = wide(world, "older", count=3, pool="small")
    world.step()
    [running] = world.claim()
    wide(world, "newer", count=3, pool="small")
    world.finish(running.token)
    world.step()
    assert [(row.dag_id, row.run_id) for row in world.claim()] == [("older", older)]


LEFT_BEHIND = {
    "a paused DAG": update(dag).values(is_paused=True),
    "a run that has ended": update(dag_run).values(state="failed", wake_at=None),
}


@pytest.mark.parametrize("change", LEFT_BEHIND.values(), ids=LEFT_BEHIND)
def test_what_waits_in_something_that_does_not_run_is_not_queued(world: World, change):
    make_pool(world, "small", 0)
    wide(world, count=3, pool="small")
    world.step()
    with world.db.write() as tx:
        tx.execute(update(pool).where(pool.c.name == "small").values(slots=9))
        tx.execute(change)
    world.scheduler.step()
    assert world.claim() == []


def test_a_task_that_moves_on_while_its_run_is_looked_at_has_it_looked_at_again(
    world: World, monkeypatch
):
    run_id = wide(world, count=1)
    read = runs.list_to_queue

    def read_later(tx, ids):
        tx.execute(update(task_instance).values(state="success"))  # as a person may, who marks it
        return read(tx, ids)

    monkeypatch.setattr(runs, "list_to_queue", read_later)
    assert world.scheduler.step()
    assert world.instances("d", run_id, "work") == {-1: "none"}
    monkeypatch.undo()
    world.step()
    assert world.instances("d", run_id, "work") == {0: "queued"}


@pytest.mark.parametrize("before", ["queued", "running"])
def test_what_holds_a_slot_never_waits_for_one_again(before):
    assert not is_legal(TASK_MOVES, before, "scheduled")
