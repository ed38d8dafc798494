"""Deferred tasks and rescheduled sensors: no process, no try used up, the same try goes on."""

from datetime import timedelta
from typing import Any

import pytest
from mapped import make_dag, stored, task
from people import People
from sqlalchemy import select, update
from world import World

from couture_scheduler.db.tables import attempt, history, pool
from couture_scheduler.engine.look import open_look
from couture_scheduler.plans import load_plan
from couture_scheduler.rules.ready import explain
from couture_scheduler.states import AttemptState
from couture_scheduler.store import attempts, dags, runs

A = AttemptState
GOES_ON = {"next_method": "resume", "next_kwargs": {"event": 1}}


@pytest.fixture
def people(world: World, home):
    (home / "run").mkdir(parents=True, exist_ok=True)
    people = People(world, home)
    yield people
    people.close()


def begin(world: World, **options: Any) -> tuple[str, Any]:
    dag = make_dag()
    task(dag, "wait", **options) >> task(dag, "below")
    world.save(dag)
    run = world.trigger("d")
    world.step()
    [row] = world.claim()
    return run, row


def later(world: World, minutes: int = 10):
    return world.clock.now() + timedelta(minutes=minutes)


def defer(world: World, row: Any, minutes: int = 10) -> None:
    world.finish(row.token, A.DEFERRED, reschedule_at=later(world, minutes), **GOES_ON)
    world.step()


def pools(world: World) -> Any:
    with world.db.read() as tx:
        return tx.first(select(pool))


def test_a_deferred_task_holds_no_slot_until_its_time_and_goes_on_in_its_method(world: World):
    run, row = begin(world)
    defer(world, row)
    waiting = world.ti("d", run, "wait")
    assert (waiting.state, pools(world).occupied, pools(world).deferred) == ("deferred", 0, 1)
    assert world.scheduler.next_due() == later(world)
    world.clock.advance(600)
    world.step()
    [again] = world.claim()
    assert (again.next_method, again.next_kwargs) == ("resume", {"event": 1})
    assert (again.state, pools(world).deferred) == ("queued", 0)


@pytest.mark.parametrize("ending", [A.DEFERRED, A.RESCHEDULED])
def test_a_deferral_or_reschedule_uses_up_no_try(world: World, ending):
    run, row = begin(world, retries=1)
    for _ in range(3):
        world.finish(row.token, ending, reschedule_at=later(world))
        world.clock.advance(601)
        world.step()
        [row] = world.claim()
    assert (row.try_number, row.reschedules) == (1, 3)
    world.finish(row.token, A.FAILED)
    world.step()
    assert world.states("d", run)["wait"] == "up_for_retry"


def test_a_reschedule_keeps_when_its_try_began_and_a_retry_begins_anew(world: World):
    run, row = begin(world, retries=1)
    began = world.clock.now()
    world.finish(row.token, A.RESCHEDULED, reschedule_at=later(world))
    world.clock.advance(601)
    world.step()
    [row] = world.claim()
    assert world.ti("d", run, "wait").start_date == row.start_date == began
    world.finish(row.token, A.FAILED)
    world.clock.advance(400)
    world.step()
    world.claim()
    again = world.ti("d", run, "wait")
    assert (again.start_date, again.try_number) == (world.clock.now(), 2)
    assert (again.reschedules, again.next_method) == (0, None)


def test_a_lost_attempt_of_a_resumed_task_goes_on_in_the_same_method(world: World):
    run, row = begin(world)
    defer(world, row)
    world.clock.advance(601)
    world.step()
    [row] = world.claim()
    world.finish(row.token, A.LOST)
    world.step()
    [row] = world.claim()
    assert (row.try_number, row.next_method) == (1, "resume")
    assert world.states("d", run)["wait"] == "running"


def test_a_deferred_task_is_not_judged_by_its_trigger_rule_again(world: World, people: People):
    dag = make_dag()
    task(dag, "above") >> task(dag, "wait")
    world.save(dag)
    run = world.trigger("d")
    world.step()
    [above] = world.claim()
    world.finish(above.token)
    world.step()
    [row] = world.claim()
    defer(world, row)
    people.mark(people.runs()[-1], "above", "failed")
    world.step()
    assert world.states("d", run)["wait"] == "deferred"
    world.clock.advance(601)
    world.step()
    assert world.states("d", run)["wait"] == "queued"


def test_a_paused_dag_keeps_a_deferred_task_waiting(world: World):
    run, row = begin(world)
    defer(world, row)
    with world.db.write() as tx:
        dags.set_paused(tx, "d", True)
    world.clock.advance(601)
    world.step()
    assert world.states("d", run)["wait"] == "deferred"
    with world.db.write() as tx:
        dags.set_paused(tx, "d", False)
        runs.wake_open(tx, "d")
    world.step()
    assert world.states("d", run)["wait"] == "queued"


def test_a_pool_may_count_deferred_tasks(world: World):
    with world.db.write() as tx:
        tx.execute(update(pool).values(slots=1, include_deferred=True))
    dag = make_dag()
    task(dag, "wait", priority_weight=9)
    task(dag, "other")
    world.save(dag)
    run = world.trigger("d")
    world.step()
    [row] = world.claim()
    defer(world, row)
    assert world.states("d", run) == {"wait": "deferred", "other": "scheduled"}
    world.clock.advance(601)
    world.step()
    assert world.states("d", run) == {"wait": "queued", "other": "scheduled"}


def test_a_pool_does_not_count_deferred_tasks_unless_it_is_to(world: World):
    with world.db.write() as tx:
        tx.execute(update(pool).values(slots=1))
    dag = make_dag()
    task(dag, "wait", priority_weight=9)
    task(dag, "other")
    world.save(dag)
    run = world.trigger("d")
    world.step()
    [row] = world.claim()
    defer(world, row)
    assert world.states("d", run) == {"wait": "deferred", "other": "queued"}
    world.clock.advance(601)
    world.step()
    assert world.states("d", run) == {"wait": "scheduled", "other": "queued"}
    assert pools(world).deferred == 0


def test_clearing_a_deferred_task_starts_it_from_its_beginning(world: World, people: People):
    run, row = begin(world)
    defer(world, row)
    people.clear(people.runs()[-1], "wait")
    assert pools(world).deferred == 0
    world.step()
    [again] = world.claim()
    assert (again.try_number, again.next_method, again.reschedules) == (2, None, 0)
    assert world.states("d", run)["wait"] == "running"


def test_marking_a_deferred_task_ends_it(world: World, people: People):
    run, row = begin(world)
    defer(world, row)
    people.mark(people.runs()[-1], "wait", "success")
    world.step()
    assert world.states("d", run) == {"wait": "success", "below": "queued"}
    assert (pools(world).deferred, world.ti("d", run, "wait").next_method) == (0, None)


def test_a_run_marked_failed_skips_its_deferred_tasks(world: World, people: People):
    run, row = begin(world)
    defer(world, row)
    people.mark_run(people.runs()[-1], "failed")
    assert world.states("d", run)["wait"] == "skipped"
    assert pools(world).deferred == 0


def test_instances_of_a_mapped_task_are_deferred_each_on_its_own(world: World):
    dag = make_dag()
    task(dag, "wait")
    world.save(stored(dag, {"wait": 2}))
    run = world.trigger("d")
    world.step()
    first, second = sorted(world.claim(), key=lambda row: row.map_index)
    defer(world, first)
    world.finish(second.token)
    assert world.instances("d", run, "wait") == {0: "deferred", 1: "success"}


def test_why_says_until_when_it_waits(world: World):
    run_id, row = begin(world)
    defer(world, row)
    waiting = world.ti("d", run_id, "wait")
    with world.db.read() as tx:
        run = runs.get_run(tx, "d", run_id)
        dag = dags.get_dag(tx, "d")
        plan = load_plan(tx, dag.version_id)
        look = open_look(tx, plan, run, dag)
        verdicts = explain(look.view(plan.tasks["wait"], waiting))
    [failing] = [one.reason for one in verdicts if not one.passed]
    assert failing == "Waiting without a process until 2026-11-23 12:10:00 UTC (deferred)."


def test_what_a_deferral_did_is_in_the_history(world: World):
    run, row = begin(world)
    defer(world, row)
    world.clock.advance(601)
    world.play()
    with world.db.read() as tx:
        moves = [
            one.after
            for one in tx.rows(select(history).order_by(history.c.id))
            if one.task_id == "wait" and one.before
        ]
        made = tx.rows(select(attempt).where(attempt.c.ti_id == row.id).order_by(attempt.c.number))
    assert moves == ["queued", "running", "deferred", "queued", "running", "success"]
    assert [(one.state, one.try_number) for one in made] == [("deferred", 1), ("success", 1)]


def test_a_deferral_that_comes_late_changes_nothing(world: World):
    run, row = begin(world)
    world.finish(row.token)
    late = attempts.Ending(row.token, A.DEFERRED, reschedule_at=later(world), **GOES_ON)
    with world.db.write() as tx:
        assert attempts.finish(tx, [late], "agent", world.policy) == []
    assert world.states("d", run)["wait"] == "success"
