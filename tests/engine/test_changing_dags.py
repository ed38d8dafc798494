"""What happens to runs and schedules when DAG files change, go and come back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from world import World

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import pool
from couture_scheduler.parsing.save import forget_file
from couture_scheduler.states import AttemptState
from couture_scheduler.store import attempts, dags, runs

START = datetime(2026, 11, 20, tzinfo=UTC)
A = AttemptState


def make_dag(*tasks: str, **options) -> DAG:
    options = {"schedule": None, "start_date": START, **options}
    dag = DAG("sales", is_paused_upon_creation=False, **options)
    for name in tasks:
        BashOperator(
            task_id=name, bash_command="true", dag=dag, retries=1, retry_delay=timedelta(minutes=1)
        )
    return dag


def count_runs(world: World) -> int:
    with world.db.read() as tx:
        return runs.count_open_scheduled(tx, "sales")


def test_a_dag_whose_file_comes_back_unchanged_is_scheduled_again(world: World):
    world.save(make_dag("a", schedule="@hourly"))
    with world.db.write() as tx:
        forget_file(tx, "file.py")
    world.save(make_dag("a", schedule="@hourly"))
    world.clock.advance(3600)
    world.step()
    assert count_runs(world) > 0


@pytest.mark.parametrize("ending", [A.FAILED, A.LOST, A.RESCHEDULED])
def test_a_task_that_left_the_dag_while_it_ran_does_not_hold_up_its_run(world: World, ending):
    world.save(make_dag("a", "b"))
    run = world.trigger("sales")
    world.step()
    claimed = world.claim()
    world.save(make_dag("a"), touched="2")
    world.step()
    for row in claimed:
        state = ending if row.task_id == "b" else A.SUCCESS
        world.finish(row.token, state, reschedule_at=world.clock.now())
    world.play()
    assert world.states("sales", run) == {"a": "success", "b": "removed"}
    assert world.run_state("sales", run) == "success"


def test_a_raised_max_active_runs_holds_at_once(world: World):
    options = {"schedule": "@hourly", "catchup": True}
    world.save(make_dag("a", max_active_runs=1, **options))
    world.step()
    assert count_runs(world) == 1
    world.save(make_dag("a", max_active_runs=3, **options), touched="2")
    world.step()
    assert count_runs(world) == 3


def test_a_lowered_max_active_runs_lets_the_rest_go_on_one_by_one(world: World):
    world.save(make_dag("a", max_active_runs=3))
    found = [world.trigger("sales") for _ in range(5)]
    world.step()
    world.save(make_dag("a", max_active_runs=1), touched="2")
    world.play()
    assert {world.run_state("sales", run) for run in found} == {"success"}


def test_a_task_that_depends_on_the_past_starts_as_soon_as_the_past_is_done(world: World):
    dag = make_dag(max_active_runs=2)
    BashOperator(task_id="d", bash_command="true", dag=dag, depends_on_past=True)
    BashOperator(task_id="long", bash_command="true", dag=dag)
    world.save(dag)
    world.trigger("sales", at=START)
    second = world.trigger("sales", at=START + timedelta(hours=1))
    world.step()
    [token] = [row.token for row in world.claim() if row.task_id == "d"]
    assert world.states("sales", second)["d"] == "none"
    world.finish(token)
    world.step()
    assert world.states("sales", second)["d"] == "queued"


def test_those_who_do_not_fit_do_not_hold_up_those_behind_them(world: World):
    dag = make_dag(max_active_tasks=200)
    for number in range(40):
        BashOperator(
            task_id=f"wide{number}", bash_command="true", dag=dag, priority_weight=9, pool_slots=200
        )
    for number in range(150):
        BashOperator(task_id=f"thin{number}", bash_command="true", dag=dag)
    world.save(dag)
    world.trigger("sales")
    started: list[str] = []
    world.play(lambda row: started.append(row.task_id) or A.SUCCESS, turns=5)
    assert len(started) == 150


def test_one_task_of_which_few_may_run_does_not_hold_up_the_others(world: World):
    dag = make_dag(max_active_runs=40, max_active_tasks=200)
    limited = {"priority_weight": 9, "max_active_tis_per_dag": 1}
    BashOperator(task_id="one", bash_command="true", dag=dag, **limited)
    BashOperator(task_id="other", bash_command="true", dag=dag)
    world.save(dag)
    with world.db.write() as tx:
        tx.execute(update(pool).values(slots=3))
    found = [world.trigger("sales") for _ in range(40)]
    world.step()
    for row in world.claim():
        if row.task_id == "other":
            world.finish(row.token)
    world.step()
    assert sum(world.states("sales", run)["other"] == "queued" for run in found) == 2


def test_the_same_ending_twice_in_one_transaction_counts_once(world: World):
    world.save(make_dag("a"))
    run = world.trigger("sales")
    world.step()
    [row] = world.claim()
    endings = [attempts.Ending(row.token, A.SUCCESS)] * 2
    with world.db.write() as tx:
        assert attempts.finish(tx, endings, "agent", world.policy) == [row.token]
    world.step()
    assert world.run_state("sales", run) == "success"
    with world.db.read() as tx:
        assert dags.get_dag(tx, "sales").occupied == 0


def test_a_task_that_is_in_the_dag_again_runs(world: World):
    world.save(make_dag("a", "b", max_active_tasks=1))
    run = world.trigger("sales")
    world.step()
    world.save(make_dag("a", max_active_tasks=1), touched="2")
    world.step()
    assert world.states("sales", run)["b"] == "removed"
    world.save(make_dag("a", "b"), touched="3")
    world.play()
    assert world.states("sales", run) == {"a": "success", "b": "success"}
