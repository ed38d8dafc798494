"""Clear and mark of mapped task instances, and of what branches left out."""

from datetime import timedelta

import pytest
from mapped import make_dag, stored, task
from people import People
from sqlalchemy import select
from world import World

from couture_operators.taskgroup import TaskGroup
from couture_scheduler.db.tables import xcom
from couture_scheduler.schemas.base import MapIndex
from couture_scheduler.schemas.task_instances import (
    ClearTaskInstancesBody,
    PatchTaskInstanceBody,
    PatchTaskInstanceQuery,
)
from couture_scheduler.services.task_instances import (
    get_task_instance,
    get_task_instance_tries,
    patch_task_instance,
    post_clear_task_instances,
)
from couture_scheduler.states import AttemptState

A = AttemptState


@pytest.fixture
def people(world: World, home):
    (home / "run").mkdir(parents=True, exist_ok=True)
    people = People(world, home)
    yield people
    people.close()


def mapped(world: World) -> str:
    dag = make_dag()
    task(dag, "items") >> task(dag, "work") >> task(dag, "end")
    world.save(stored(dag, {"work": "items"}))
    return world.trigger("d")


def play(world: World, length: int, failing: int | None = None) -> None:
    def outcome(row):
        if (row.task_id, row.map_index) == ("work", failing):
            return A.FAILED
        world.push(row, length if row.task_id == "items" else None)
        return A.SUCCESS

    world.play(outcome)


def clear(people: People, *tasks, **options) -> None:
    [run] = people.runs()
    body = ClearTaskInstancesBody(
        dag_run_id=run.run_id,
        task_ids=list(tasks),
        **{"dry_run": False, "only_failed": False, **options},
    )
    people._do(post_clear_task_instances, dag_id="d", body=body)


def test_one_instance_is_cleared_alone_with_what_it_pushed(world: World, people: People):
    run = mapped(world)
    play(world, 3, failing=1)
    clear(people, ["work", 1], include_downstream=True)
    assert world.instances("d", run, "work") == {0: "success", 1: "none", 2: "success"}
    assert world.states("d", run)["end"] == "none"
    with world.db.read() as tx:
        left = tx.rows(select(xcom.c.map_index).where(xcom.c.task_id == "work"))
    assert {row.map_index for row in left} == {0, 2}
    play(world, 3)
    assert world.run_state("d", run) == "success"


def pushed_by_work(world: World) -> list[int]:
    with world.db.read() as tx:
        rows = tx.rows(select(xcom.c.map_index).where(xcom.c.task_id == "work"))
    return sorted(row.map_index for row in rows)


def test_what_an_instance_pushed_in_a_failed_try_is_gone_in_the_next_and_the_others_stays(
    world: World,
):
    dag = make_dag()
    task(dag, "items") >> task(dag, "work", retries=1, retry_delay=timedelta(0))
    world.save(stored(dag, {"work": "items"}))
    world.trigger("d")
    world.step()
    [items] = world.claim()
    world.push(items, 3)
    world.finish(items.token)
    world.step()
    rows = world.claim()
    for row in rows:
        world.push(row)
        world.finish(row.token, A.FAILED if row.map_index == 1 else A.SUCCESS)
    assert pushed_by_work(world) == [0, 1, 2]
    world.step()
    [again] = world.claim()
    assert (again.map_index, again.try_number) == (1, 2)
    assert pushed_by_work(world) == [0, 2]


def test_a_task_that_goes_on_after_its_deferral_keeps_what_it_pushed(world: World):
    dag = make_dag()
    task(dag, "work")
    world.save(dag)
    world.trigger("d")
    world.step()
    [row] = world.claim()
    world.push(row)
    world.finish(row.token, A.DEFERRED, reschedule_at=world.clock.now(), next_method="resume")
    world.step()
    assert len(world.claim()) == 1
    assert pushed_by_work(world) == [-1]


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (2, {0: "success", 1: "success", 2: "removed"}),
        (4, dict.fromkeys(range(4), "success")),
        (0, {0: "skipped", 1: "removed", 2: "removed"}),
    ],
)
def test_a_cleared_mapped_task_follows_the_new_length_of_its_input(
    world: World, people: People, length, expected
):
    run = mapped(world)
    play(world, 3)
    clear(people, "items", include_downstream=True)
    play(world, length)
    assert world.instances("d", run, "work") == expected
    assert world.states("d", run)["end"] == ("success" if length else "skipped")
    assert world.run_state("d", run) == "success"


def test_instances_that_were_removed_come_back_when_the_input_is_long_again(
    world: World, people: People
):
    run = mapped(world)
    for length in (3, 1, 3):
        play(world, length)
        clear(people, "items", include_downstream=True)
    play(world, 3)
    assert world.instances("d", run, "work") == dict.fromkeys(range(3), "success")


def test_a_task_that_was_skipped_for_want_of_input_is_expanded_after_a_clear(
    world: World, people: People
):
    run = mapped(world)
    play(world, 0)
    clear(people, "items", include_downstream=True)
    play(world, 2)
    assert world.instances("d", run, "work") == {0: "success", 1: "success"}


def test_a_deferred_try_is_listed_as_one_and_an_instance_by_the_name_it_gave_itself(
    world: World, call
):
    dag = make_dag()
    task(dag, "work")
    world.save(stored(dag, {"work": 1}))
    run = world.trigger("d")
    world.step()
    [row] = world.claim()
    later = world.clock.now() + timedelta(minutes=1)
    world.finish(row.token, A.DEFERRED, reschedule_at=later, next_method="go_on")
    where = {"dag_id": "d", "dag_run_id": run, "task_id": "work"}
    tries = get_task_instance_tries(call(), **where, query=MapIndex(map_index=0))
    assert [(one.try_number, one.state) for one in tries.task_instances] == [(1, "deferred")]
    world.clock.advance(60)
    world.step()
    [row] = world.claim()
    world.finish(row.token, rendered_map_index="Ada")
    found = get_task_instance(call(), **where, map_index=0)
    assert (found.state, found.rendered_map_index) == ("success", "Ada")


def test_marking_one_instance_lets_what_is_below_go_on(world: World, people: People, call):
    run = mapped(world)
    play(world, 2, failing=1)
    assert world.states("d", run)["end"] == "upstream_failed"
    patch_task_instance(
        call(),
        dag_id="d",
        dag_run_id=run,
        task_id="work",
        map_index=1,
        body=PatchTaskInstanceBody(new_state="success"),
        query=PatchTaskInstanceQuery(),
    )
    play(world, 2)
    assert world.states("d", run)["end"] == "success"


def branching(world: World) -> str:
    """branch -> left, right; left -> left_below; all -> join"""
    dag = make_dag()
    names = ("branch", "left", "right", "below")
    branch, left, right, below = (task(dag, name) for name in names)
    join = task(dag, "join", trigger_rule="none_failed_min_one_success")
    branch >> [left, right] >> join
    left >> below
    world.save(dag)
    return world.trigger("d")


def choose(world: World, *left_out: str) -> None:
    """Let the branch decide, then play the rest."""
    world.step()
    for row in world.claim():
        world.finish(row.token, skip=left_out if row.task_id == "branch" else ())
    world.play()


def test_a_branch_skips_what_it_left_out_and_what_is_below_that(world: World):
    run = branching(world)
    choose(world, "left")
    assert world.states("d", run) == {
        "branch": "success", "left": "skipped", "right": "success", "below": "skipped",
        "join": "success",
    }  # fmt: skip


def test_what_a_branch_left_out_is_skipped_again_when_it_alone_is_cleared(
    world: World, people: People
):
    run = branching(world)
    choose(world, "left")
    clear(people, "left", include_downstream=True)
    world.play()
    assert world.states("d", run)["left"] == "skipped"
    assert world.states("d", run)["below"] == "skipped"


def test_a_cleared_branch_decides_anew(world: World, people: People):
    run = branching(world)
    choose(world, "left")
    clear(people, "branch", include_downstream=True)
    choose(world, "right")
    assert world.states("d", run)["left"] == "success"
    assert world.states("d", run)["right"] == "skipped"


def test_a_branch_that_leaves_nothing_out_the_second_time_lets_all_run(
    world: World, people: People
):
    run = branching(world)
    choose(world, "left", "right")
    clear(people, "branch", include_downstream=True)
    choose(world)
    assert set(world.states("d", run).values()) == {"success"}


def test_what_is_further_below_a_short_circuit_is_decided_anew_when_it_alone_is_cleared(
    world: World, people: People
):
    """Only what is directly above a task has a say then, as in Airflow."""
    dag = make_dag()
    first, middle = task(dag, "first"), task(dag, "middle")
    last = task(dag, "last", trigger_rule="all_done")
    first >> middle >> last
    world.save(dag)
    run = world.trigger("d")
    world.step()
    [row] = world.claim()
    world.finish(row.token, skip=("middle", "last"))
    world.play()
    assert world.states("d", run) == {"first": "success", "middle": "skipped", "last": "skipped"}
    clear(people, "last")
    world.play()
    assert world.states("d", run)["last"] == "success"


def test_a_branch_into_a_group_skips_the_group_that_it_did_not_choose(world: World):
    dag = make_dag()
    branch = task(dag, "branch")
    for name in ("one", "two"):
        with TaskGroup(name, dag=dag) as group:
            a, b = task(dag, "a", group), task(dag, "b", group)
            a >> b
        branch >> a
    world.save(dag)
    run = world.trigger("d")
    choose(world, "one.a")
    assert world.states("d", run) == {
        "branch": "success", "one.a": "skipped", "one.b": "skipped", "two.a": "success",
        "two.b": "success",
    }  # fmt: skip
