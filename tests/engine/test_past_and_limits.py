"""depends_on_past, wait_for_downstream, time limits of runs, limits of tasks and pools."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mapped import START, make_dag, stored, task
from people import People
from sqlalchemy import update
from world import World

from couture_scheduler.db.tables import pool
from couture_scheduler.engine.decide import Ready
from couture_scheduler.engine.give_slots import Room, lacking
from couture_scheduler.plans import load_plan
from couture_scheduler.states import AttemptState
from couture_scheduler.store import dags, runs

A = AttemptState
HOUR = timedelta(hours=1)


@pytest.fixture
def people(world: World, home):
    (home / "run").mkdir(parents=True, exist_ok=True)
    people = People(world, home)
    yield people
    people.close()


def two_runs(world: World, dag: Any, mapped: Any = None, **endings: A) -> tuple[str, str]:
    """Play a first run to its end, then let a second begin."""
    world.save(stored(dag, mapped or {}))
    first = world.trigger("d", at=START)
    world.play(lambda row: endings.get(f"{row.task_id}_{row.map_index}", A.SUCCESS))
    second = world.trigger("d", at=START + HOUR)
    world.step()
    return first, second


def test_a_task_that_depends_on_the_past_waits_when_it_failed_there(world: World):
    dag = make_dag()
    task(dag, "a", depends_on_past=True)
    _, second = two_runs(world, dag, **{"a_-1": A.FAILED})
    assert world.states("d", second)["a"] == "none"


def test_what_was_skipped_in_the_past_is_as_good_as_a_success(world: World):
    dag = make_dag()
    task(dag, "a", depends_on_past=True)
    _, second = two_runs(world, dag, **{"a_-1": A.SKIPPED})
    assert world.states("d", second)["a"] == "queued"


def test_one_failed_instance_of_the_past_keeps_all_instances_waiting(world: World):
    dag = make_dag()
    task(dag, "a", depends_on_past=True)
    _, second = two_runs(world, dag, {"a": 3}, a_1=A.FAILED)
    assert set(world.instances("d", second, "a").values()) == {"none"}


def test_wait_for_downstream_looks_at_every_instance_directly_below(world: World):
    dag = make_dag()
    task(dag, "a", depends_on_past=True, wait_for_downstream=True) >> task(dag, "b")
    _, second = two_runs(world, dag, {"b": 2}, b_1=A.FAILED)
    assert world.states("d", second)["a"] == "none"


def test_a_task_that_is_new_in_the_dag_has_no_past(world: World):
    old, dag = make_dag(), make_dag()
    task(old, "b")
    task(dag, "a", depends_on_past=True)
    world.save(old)
    world.trigger("d", at=START)
    world.play()
    world.save(dag, touched="2")
    second = world.trigger("d", at=START + HOUR)
    world.step()
    assert world.states("d", second)["a"] == "queued"


def test_the_first_run_of_a_task_waits_if_that_is_not_to_be_ignored(world: World):
    old, dag = make_dag(), make_dag()
    task(old, "b")
    task(dag, "a", depends_on_past=True)
    world.save(old)
    world.trigger("d", at=START)
    world.play()
    data = stored(dag, {})
    data["tasks"][0]["ignore_first_depends_on_past"] = False
    world.save(data, touched="2")
    second = world.trigger("d", at=START + HOUR)
    world.step()
    assert world.states("d", second)["a"] == "none"


def test_a_task_that_the_previous_run_lacks_but_an_earlier_one_had_waits(world: World):
    dag, without = make_dag(), make_dag()
    task(dag, "a", depends_on_past=True)
    task(without, "b")
    world.save(dag)
    world.trigger("d", at=START)
    world.play()
    world.save(without, touched="2")
    world.trigger("d", at=START + HOUR)
    world.play()
    world.save(dag, touched="3")
    third = world.trigger("d", at=START + 2 * HOUR)
    world.step()
    assert world.states("d", third)["a"] == "none"


def test_with_catchup_the_past_is_the_previous_run_of_the_schedule(world: World):
    """A failed manual run in between holds nothing up, as in Airflow."""
    dag = make_dag(
        schedule="@hourly", catchup=True, start_date=datetime(2026, 11, 23, 9, tzinfo=UTC)
    )
    task(dag, "a", depends_on_past=True)
    world.save(dag)
    with world.db.write() as tx:
        dags.set_paused(tx, "d", True)
    world.trigger("d", "manual__1", at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    with world.db.write() as tx:
        dags.set_paused(tx, "d", False)
        runs.wake_open(tx, "d")
    world.play(lambda row: A.FAILED if row.run_id == "manual__1" else A.SUCCESS)
    scheduled = {f"scheduled__2026-11-23T{hour:02}:00:00+00:00" for hour in (9, 10, 11)}
    assert {world.run_state("d", run) for run in scheduled} == {"success"}
    assert world.run_state("d", "manual__1") == "failed"


def test_without_catchup_the_past_is_whatever_run_was_before(world: World):
    dag = make_dag()
    task(dag, "a", depends_on_past=True)
    _, second = two_runs(world, dag, **{"a_-1": A.FAILED})
    third = world.trigger("d", at=START + 2 * HOUR)
    world.step()
    assert world.states("d", second)["a"] == world.states("d", third)["a"] == "none"


def test_a_task_may_wait_for_its_past_before_it_is_skipped(world: World):
    dag = make_dag()
    task(dag, "above") >> task(dag, "a", depends_on_past=True)
    data = stored(dag, {})
    data["tasks"][1]["wait_for_past_depends_before_skipping"] = True
    world.save(data)
    world.trigger("d", at=START)
    world.play(lambda row: A.FAILED if row.task_id == "a" else A.SUCCESS)
    second = world.trigger("d", at=START + HOUR)
    world.play(lambda row: A.SKIPPED)
    assert world.states("d", second) == {"above": "skipped", "a": "none"}


def timed(world: World) -> str:
    dag = make_dag(dagrun_timeout=timedelta(minutes=10))
    task(dag, "a") >> task(dag, "b")
    task(dag, "wait")
    world.save(dag)
    run = world.trigger("d")
    world.step()
    return run


def test_a_run_that_takes_longer_than_its_limit_fails_and_its_tasks_are_skipped(world: World):
    run = timed(world)
    claimed = {row.task_id: row for row in world.claim()}
    world.finish(claimed["wait"].token, A.DEFERRED, reschedule_at=world.clock.now() + 9 * HOUR)
    world.step()
    assert world.scheduler.next_due() == world.clock.now() + timedelta(minutes=10)
    world.clock.advance(600)
    world.step()
    assert world.run_state("d", run) == "failed"
    assert world.states("d", run) == {"a": "running", "b": "skipped", "wait": "skipped"}
    assert world.heed() == [claimed["a"].token]
    assert world.states("d", run)["a"] == "skipped"
    assert "dagrun_timeout of 600 s" in world.ti("d", run, "b").reason


def test_a_run_that_only_waits_for_its_tasks_is_looked_at_when_its_limit_is_over(world: World):
    run = timed(world)
    world.claim()
    world.step()
    assert world.scheduler.next_due() == world.clock.now() + timedelta(minutes=10)
    world.clock.advance(599)
    world.step()
    assert world.run_state("d", run) == "running"


def test_agents_are_rung_to_end_what_a_timed_out_run_left(world: World):
    timed(world)
    world.claim()
    world.clock.advance(600)
    before = world.rings.count
    world.step()
    assert world.rings.count == before + 1


def test_the_limit_of_a_run_of_a_paused_dag_is_looked_at_when_it_is_on_again(world: World):
    run = timed(world)
    with world.db.write() as tx:
        dags.set_paused(tx, "d", True)
        runs.wake_open(tx, "d")
    world.clock.advance(700)
    world.step()
    assert world.run_state("d", run) == "running"
    with world.db.write() as tx:
        dags.set_paused(tx, "d", False)
        runs.wake_open(tx, "d")
    world.step()
    assert world.run_state("d", run) == "failed"


def test_a_timed_out_run_that_is_cleared_has_all_its_time_again(world: World, people: People):
    run = timed(world)
    world.clock.advance(600)
    world.step()
    world.heed()
    people.clear_run(people.runs()[-1])
    world.play()
    assert world.run_state("d", run) == "success"


def reasons(world: World, run_id: str, task_id: str) -> str | None:
    row = world.ti("d", run_id, task_id)
    with world.db.write() as tx:
        run = runs.get_run(tx, "d", run_id)
        plan = load_plan(tx, dags.get_dag(tx, "d").version_id)
        ready = Ready(row, run, plan)
        lacks = lacking(Room(tx, [ready]), ready, tx)
    return next((verdict.reason for verdict in lacks.values()), None)


def test_more_pool_slots_than_the_pool_has_says_that_it_can_never_start(world: World):
    dag = make_dag()
    task(dag, "a", pool_slots=200)
    world.save(dag)
    run = world.trigger("d")
    world.step()
    assert world.states("d", run)["a"] == "scheduled"
    assert reasons(world, run, "a") == (
        "It needs 200 slots, and pool default_pool has only 128 in all: it can never start. "
        "Make the pool larger or its pool_slots smaller."
    )


def test_a_pool_that_is_not_there_is_named(world: World):
    dag = make_dag()
    task(dag, "a", pool="nowhere")
    world.save(dag)
    run = world.trigger("d")
    world.step()
    assert (
        reasons(world, run, "a") == "There is no pool nowhere: make it, or give the task another."
    )


def test_a_pool_of_minus_one_has_no_limit(world: World):
    with world.db.write() as tx:
        tx.execute(update(pool).values(slots=-1))
    dag = make_dag()
    for number in range(5):
        task(dag, f"t{number}", pool_slots=900)
    world.save(dag)
    run = world.trigger("d")
    world.step()
    assert set(world.states("d", run).values()) == {"queued"}


def test_max_active_runs_holds_while_missed_runs_are_made_up_for(world: World):
    start = datetime(2026, 11, 23, 1, tzinfo=UTC)
    dag = make_dag(schedule="@hourly", catchup=True, max_active_runs=2, start_date=start)
    task(dag, "a")
    world.save(dag)
    world.step()
    assert [run.state for run in all_runs(world)] == ["running"] * 2
    world.play()
    assert [run.state for run in all_runs(world)] == ["success"] * 11
    dates = [run.logical_date for run in all_runs(world)]
    assert dates == [start + number * HOUR for number in range(11)]


def all_runs(world: World) -> list[Any]:
    with world.db.read() as tx:
        return runs.list_by_pk(tx, set(range(1, 100)))


def test_what_weighs_most_starts_first_of_all_runs(world: World):
    with world.db.write() as tx:
        tx.execute(update(pool).values(slots=1))
    dag = make_dag()
    task(dag, "light")
    task(dag, "heavy", priority_weight=5)
    world.save(dag)
    for hours in range(2):
        world.trigger("d", at=START + hours * HOUR)
    ran: list[str] = []
    world.play(lambda row: ran.append(row.task_id) or A.SUCCESS)
    assert ran == ["heavy", "heavy", "light", "light"]


def test_a_host_takes_tasks_of_its_queues_only(world: World):
    dag = make_dag()
    task(dag, "big", queue="gpu")
    task(dag, "small")
    world.save(dag)
    world.trigger("d")
    world.step()
    assert [row.task_id for row in world.claim(queues=["gpu", "tpu"])] == ["big"]
    assert [row.task_id for row in world.claim()] == ["small"]
