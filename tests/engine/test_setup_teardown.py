"""Setup and teardown tasks: when they run, what their failure means, and what clearing takes along."""

from typing import Any

import pytest
from mapped import make_dag, stored, task
from people import People
from world import World

from couture_operators import DAG
from couture_operators.taskgroup import TaskGroup
from couture_scheduler.states import AttemptState

A = AttemptState


def scope(dag: DAG | None = None, **teardown: Any) -> DAG:
    """setup -> work -> report -> teardown, and setup -> teardown"""
    dag = dag or make_dag()
    setup, work, report = (task(dag, name) for name in ("setup", "work", "report"))
    end = task(dag, "teardown")
    setup.as_setup()
    end.as_teardown(setups=setup, **teardown)
    setup >> work >> report >> end
    return dag


def play(world: World, *failing: str, skipping: str = "") -> tuple[dict[str, str], str]:
    run = world.trigger("d")

    def outcome(row: Any) -> A:
        return (
            A.FAILED if row.task_id in failing
            else A.SKIPPED if row.task_id == skipping
            else A.SUCCESS
        )  # fmt: skip

    world.play(outcome)
    return world.states("d", run), world.run_state("d", run)


def test_a_teardown_runs_when_its_scope_is_done_even_if_that_failed(world: World):
    world.save(scope())
    states, run = play(world, "work")
    assert states == {
        "setup": "success", "work": "failed", "report": "upstream_failed", "teardown": "success",
    }  # fmt: skip
    assert run == "failed"


def test_a_failing_teardown_does_not_fail_the_run(world: World):
    world.save(scope())
    states, run = play(world, "teardown")
    assert (states["teardown"], run) == ("failed", "success")


def test_a_failing_teardown_fails_the_run_if_it_is_to(world: World):
    world.save(scope(on_failure_fail_dagrun=True))
    assert play(world, "teardown")[1] == "failed"


def test_a_failing_setup_fails_its_scope_and_its_teardown_does_not_run(world: World):
    world.save(scope())
    states, run = play(world, "setup")
    assert set(states.values()) == {"failed", "upstream_failed"}
    assert (states["teardown"], run) == ("upstream_failed", "failed")


def test_a_skipped_setup_skips_its_scope_and_its_teardown(world: World):
    world.save(scope())
    states, run = play(world, skipping="setup")
    assert set(states.values()) == {"skipped"}
    assert run == "success"


def test_a_task_waits_for_setups_that_are_not_directly_above_it(world: World):
    """other -> work, whose setup is further up: with all_done it would start all the same."""
    dag = make_dag()
    setup, middle = task(dag, "setup"), task(dag, "middle")
    work = task(dag, "work", trigger_rule="all_done")
    end = task(dag, "teardown")
    setup.as_setup()
    end.as_teardown(setups=setup)
    setup >> middle >> work >> end
    data = stored(dag, {})
    world.save(data)
    states, _ = play(world, "setup")
    assert states["work"] == "upstream_failed"


def test_what_has_only_a_teardown_below_it_is_a_leaf_that_decides(world: World):
    dag = scope()
    task(dag, "after", trigger_rule="all_done")
    dag.task_dict["teardown"] >> dag.task_dict["after"]
    world.save(dag)
    states, run = play(world, "work")
    assert (states["after"], states["report"], run) == ("success", "upstream_failed", "failed")


def test_setups_in_a_mapped_group_hold_for_their_own_index(world: World):
    dag = make_dag()
    with TaskGroup("g", dag=dag) as group:
        setup, work, end = (task(dag, name, group) for name in ("setup", "work", "end"))
        setup.as_setup()
        end.as_teardown(setups=setup)
        setup >> work >> end
    world.save(stored(dag, {"g": 2}))
    run = world.trigger("d")
    world.play(
        lambda row: A.FAILED if (row.task_id, row.map_index) == ("g.setup", 1) else A.SUCCESS
    )
    assert world.instances("d", run, "g.work") == {0: "success", 1: "upstream_failed"}
    assert world.instances("d", run, "g.end") == {0: "success", 1: "upstream_failed"}


@pytest.fixture
def people(world: World, home):
    (home / "run").mkdir(parents=True, exist_ok=True)
    people = People(world, home)
    yield people
    people.close()


def cleared(world: World, people: People, name: str, **options: bool) -> set[str]:
    run = world.trigger("d")
    world.play()
    people.clear(people.runs()[-1], name, **options)
    return {name for name, state in world.states("d", run).items() if state == "none"}


def test_clearing_a_task_takes_its_setups_and_teardowns_along(world: World, people: People):
    world.save(scope())
    assert cleared(world, people, "work") == {"setup", "work", "teardown"}


def test_clearing_a_setup_takes_its_teardown_along(world: World, people: People):
    world.save(scope())
    assert cleared(world, people, "setup") == {"setup", "teardown"}


def test_clearing_a_teardown_clears_it_alone(world: World, people: People):
    world.save(scope())
    assert cleared(world, people, "teardown") == {"teardown"}


def test_clearing_downstream_takes_the_setups_of_what_is_below_along(world: World, people: People):
    dag = make_dag()
    first, setup, work, end = (task(dag, name) for name in ("first", "setup", "work", "teardown"))
    setup.as_setup()
    end.as_teardown(setups=setup)
    [first, setup] >> work >> end
    world.save(dag)
    found = cleared(world, people, "first", include_downstream=True)
    assert found == {"first", "setup", "work", "teardown"}


def test_a_run_marked_failed_runs_its_teardown_first(world: World, people: People):
    world.save(scope())
    run = world.trigger("d")
    world.step()
    [setup] = world.claim()
    world.finish(setup.token)
    world.step()
    world.claim()
    people.mark_run(people.runs()[-1], "failed")
    assert world.run_state("d", run) == "running"
    world.play()
    assert world.states("d", run) == {
        "setup": "success", "work": "failed", "report": "failed", "teardown": "success",
    }  # fmt: skip
    assert world.run_state("d", run) == "failed"


def test_fail_stop_ends_everything_at_the_first_failure_but_the_teardowns(world: World):
    dag = scope(make_dag(fail_stop=True))
    task(dag, "other")
    task(dag, "other_below")
    dag.task_dict["other"] >> dag.task_dict["other_below"]
    world.save(dag)
    run = world.trigger("d")
    world.step()
    claimed = {row.task_id: row.token for row in world.claim()}
    world.finish(claimed["setup"])
    world.step()
    [work] = world.claim()
    world.finish(work.token, A.FAILED)
    world.play()
    assert world.states("d", run) == {
        "setup": "success", "work": "failed", "report": "skipped", "teardown": "success",
        "other": "failed", "other_below": "skipped",
    }  # fmt: skip
    assert world.run_state("d", run) == "failed"


def test_fail_stop_waits_until_the_last_retry_failed(world: World):
    dag = make_dag(fail_stop=True)
    task(dag, "work", retries=1)
    task(dag, "other")
    world.save(dag)
    run = world.trigger("d")
    world.step()
    claimed = {row.task_id: row.token for row in world.claim()}
    world.finish(claimed["work"], A.FAILED)
    world.step()
    assert world.states("d", run) == {"work": "up_for_retry", "other": "running"}
