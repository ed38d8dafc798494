"""Mapped tasks: how many instances there are, who waits for whom, and what clearing does."""

from typing import Any

import pytest
from mapped import make_dag, stored, task
from sqlalchemy import event
from world import World

from couture_operators.taskgroup import TaskGroup
from couture_scheduler.db.database import Database
from couture_scheduler.db.schema import metadata
from couture_scheduler.states import AttemptState
from couture_scheduler.store import limits, runs

A = AttemptState


def play(world: World, lengths: dict[str, int] | None = None, **endings: A) -> list[tuple]:
    """Run all to its end; tasks push values of these lengths; return what ran, in order."""
    ran = []

    def outcome(row: Any) -> A:
        ran.append((row.task_id, row.map_index))
        ending = endings.get(f"{row.task_id}_{row.map_index}", endings.get(row.task_id, A.SUCCESS))
        if ending is A.SUCCESS and lengths is not None:
            world.push(row, lengths.get(row.task_id))
        return ending

    world.play(outcome)
    return ran


def over_list(world: World, dag_options: Any = None, **options: Any):
    """items -> work (mapped over items) -> end"""
    dag = make_dag(**(dag_options or {}))
    task(dag, "items") >> task(dag, "work", **options) >> task(dag, "end")
    world.save(stored(dag, {"work": "items"}))
    return world.trigger("d")


def test_a_task_has_one_instance_for_each_value_of_the_task_above(world: World):
    run = over_list(world)
    ran = play(world, {"items": 3})
    assert sorted(ran) == [("end", -1), ("items", -1), ("work", 0), ("work", 1), ("work", 2)]
    assert world.instances("d", run, "work") == dict.fromkeys(range(3), "success")
    assert world.run_state("d", run) == "success"


def test_before_its_length_is_known_a_mapped_task_is_one_that_waits(world: World):
    run = over_list(world)
    world.step()
    assert world.instances("d", run, "work") == {-1: "none"}


def test_a_mapped_task_over_literals_has_its_instances_from_the_start(world: World):
    dag = make_dag()
    task(dag, "first") >> task(dag, "work")
    world.save(stored(dag, {"work": [2, 3]}))
    run = world.trigger("d")
    world.step()
    assert world.instances("d", run, "work") == dict.fromkeys(range(6), "none")


def test_nothing_to_map_over_skips_the_task_and_what_is_below(world: World):
    run = over_list(world)
    assert play(world, {"items": 0}) == [("items", -1)]
    assert world.instances("d", run, "work") == {-1: "skipped"}
    assert world.states("d", run)["end"] == "skipped"
    assert "nothing to map" in world.ti("d", run, "work").reason


def test_a_failure_above_makes_the_unexpanded_task_upstream_failed(world: World):
    run = over_list(world)
    play(world, {}, items=A.FAILED)
    assert world.instances("d", run, "work") == {-1: "upstream_failed"}
    assert world.run_state("d", run) == "failed"


def test_a_task_above_that_leaves_no_length_makes_it_upstream_failed(world: World):
    run = over_list(world, trigger_rule="all_done")
    play(world, {}, items=A.FAILED)
    assert world.instances("d", run, "work") == {-1: "upstream_failed"}
    assert "items left nothing" in world.ti("d", run, "work").reason


def test_one_failed_instance_fails_what_needs_all_of_them(world: World):
    run = over_list(world)
    play(world, {"items": 3}, work_1=A.FAILED)
    assert world.instances("d", run, "work") == {0: "success", 1: "failed", 2: "success"}
    assert world.states("d", run)["end"] == "upstream_failed"


def test_what_is_mapped_over_a_mapped_task_has_an_instance_for_each_value_pushed(world: World):
    dag = make_dag()
    task(dag, "a") >> task(dag, "b") >> task(dag, "c", trigger_rule="all_done")
    world.save(stored(dag, {"a": 3, "b": "a", "c": "b"}))
    run = world.trigger("d")
    play(world, {}, b_1=A.FAILED)
    assert world.instances("d", run, "b") == {0: "success", 1: "failed", 2: "success"}
    assert world.instances("d", run, "c") == {0: "success", 1: "success"}


@pytest.mark.parametrize(
    ("expr", "length"),
    [
        ({"map": {"xcom": "a", "key": "return_value"}}, 2),
        ({"zip": [{"xcom": "a"}, {"xcom": "b"}], "longest": False}, 2),
        ({"zip": [{"xcom": "a"}, {"literal": 5}], "longest": True}, 5),
        ({"concat": [{"xcom": "a"}, {"xcom": "b"}]}, 5),
    ],
)
def test_expressions_of_xcoms_have_the_length_that_airflow_gives_them(world: World, expr, length):
    dag = make_dag()
    [task(dag, "a"), task(dag, "b")] >> task(dag, "work")
    world.save(stored(dag, {"work": expr}))
    run = world.trigger("d")
    play(world, {"a": 2, "b": 3})
    assert len(world.instances("d", run, "work")) == length


def grouped(world: World, over: Any = "items", **options: Any) -> str:
    """items -> group(a -> b) -> end, the group mapped"""
    dag = make_dag(**options)
    with TaskGroup("g", dag=dag) as group:
        a, b = task(dag, "a", group), task(dag, "b", group)
        a >> b
    task(dag, "items") >> a
    b >> task(dag, "end")
    world.save(stored(dag, {"g": over}))
    return world.trigger("d")


def test_instances_of_a_mapped_group_go_depth_first_each_on_its_own(world: World):
    run = grouped(world)
    world.step()
    [items] = world.claim()
    world.push(items, 2)
    world.finish(items.token)
    world.step()
    first, second = sorted(world.claim(), key=lambda row: row.map_index)
    assert (first.task_id, first.map_index, second.map_index) == ("g.a", 0, 1)
    world.finish(first.token)
    world.step()
    assert world.instances("d", run, "g.a") == {0: "success", 1: "running"}
    assert world.instances("d", run, "g.b") == {0: "queued", 1: "none"}
    assert world.states("d", run)["end"] == "none"


def test_a_failure_in_one_instance_of_a_group_leaves_the_others_alone(world: World):
    run = grouped(world)
    play(world, {"items": 3}, **{"g.a_1": A.FAILED})
    assert world.instances("d", run, "g.b") == {0: "success", 1: "upstream_failed", 2: "success"}
    assert world.states("d", run)["end"] == "upstream_failed"


def test_a_group_mapped_over_nothing_is_skipped_as_a_whole(world: World):
    run = grouped(world)
    play(world, {"items": 0})
    assert world.instances("d", run, "g.a") == world.instances("d", run, "g.b") == {-1: "skipped"}
    assert world.states("d", run)["end"] == "skipped"


def test_a_group_mapped_over_literals_is_expanded_at_once(world: World):
    run = grouped(world, over=2)
    world.step()
    assert world.instances("d", run, "g.b") == {0: "none", 1: "none"}


def test_a_task_mapped_inside_a_mapped_group_waits_for_its_part_only(world: World):
    dag = make_dag()
    with TaskGroup("g", dag=dag) as group:
        a, b, c = (task(dag, name, group) for name in "abc")
        a >> b >> c
    world.save(stored(dag, {"g": 2, "g.b": 3}))
    run = world.trigger("d")
    play(world, {}, **{"g.b_4": A.FAILED})
    assert len(world.instances("d", run, "g.b")) == 6
    assert world.instances("d", run, "g.c") == {0: "success", 1: "upstream_failed"}


def test_a_fast_rule_in_a_mapped_group_looks_at_all_instances_above_as_in_airflow(world: World):
    dag = make_dag()
    with TaskGroup("g", dag=dag) as group:
        a, b = task(dag, "a", group), task(dag, "b", group, trigger_rule="one_failed")
        a >> b
    world.save(stored(dag, {"g": 3}))
    run = world.trigger("d")
    play(world, {}, **{"g.a_1": A.FAILED})
    assert world.instances("d", run, "g.b") == dict.fromkeys(range(3), "success")


def test_a_branch_in_a_mapped_group_decides_for_its_own_index(world: World):
    dag = make_dag()
    with TaskGroup("g", dag=dag) as group:
        branch, left, right = (task(dag, name, group) for name in ("branch", "left", "right"))
        branch >> [left, right]
    world.save(stored(dag, {"g": 2}))
    run = world.trigger("d")
    world.step()
    for row in world.claim():
        skip = "g.left" if row.map_index == 0 else "g.right"
        world.finish(row.token, skip=(skip,))
    play(world, {})
    assert world.instances("d", run, "g.left") == {0: "skipped", 1: "success"}
    assert world.instances("d", run, "g.right") == {0: "success", 1: "skipped"}


def test_a_branch_above_leaves_out_all_instances_of_a_mapped_task(world: World):
    dag = make_dag()
    task(dag, "branch") >> task(dag, "work")
    world.save(stored(dag, {"work": 3}))
    run = world.trigger("d")
    world.step()
    [row] = world.claim()
    world.finish(row.token, skip=("work",))
    world.step()
    assert world.instances("d", run, "work") == dict.fromkeys(range(3), "skipped")


def test_instances_retry_each_for_themselves(world: World):
    run = over_list(world, retries=1)
    world.step()
    [items] = world.claim()
    world.push(items, 2)
    world.finish(items.token)
    world.step()
    first, second = sorted(world.claim(), key=lambda row: row.map_index)
    world.finish(first.token, A.FAILED)
    world.finish(second.token)
    world.step()
    assert world.instances("d", run, "work") == {0: "up_for_retry", 1: "success"}
    world.clock.advance(301)
    play(world, {})
    assert world.ti("d", run, "work", 0).try_number == 2
    assert world.ti("d", run, "work", 1).try_number == 1


def test_pools_count_every_instance(world: World):
    with world.db.write() as tx:
        limits.ensure_default_pool(tx, 0)
    run = over_list(world, dag_options={"max_active_tasks": 3})
    world.step()
    [items] = world.claim()
    world.push(items, 9)
    world.finish(items.token)
    world.step()
    states = world.instances("d", run, "work")
    assert sorted(states.values()) == ["queued"] * 3 + ["scheduled"] * 6


@pytest.mark.parametrize(
    ("limit", "queued"), [("max_active_tis_per_dag", 2), ("max_active_tis_per_dagrun", 4)]
)
def test_few_instances_of_a_task_may_run_at_once(world: World, limit, queued):
    dag = make_dag()
    task(dag, "work", **{limit: 2})
    world.save(stored(dag, {"work": 5}))
    found = [world.trigger("d") for _ in range(2)]
    world.step()
    states = [state for run in found for state in world.instances("d", run, "work").values()]
    assert states.count("queued") == queued


def test_more_instances_than_anybody_can_mean_fail_with_a_sentence(world: World):
    dag = make_dag()
    task(dag, "work")
    world.save(stored(dag, {"work": [1000, 1000]}))
    run = world.trigger("d")
    world.step()
    assert world.instances("d", run, "work") == {-1: "upstream_failed"}
    assert "1,000,000 instances" in world.ti("d", run, "work").reason


def test_a_task_that_becomes_mapped_while_its_run_is_open_is_expanded(world: World):
    dag = make_dag()
    task(dag, "items") >> task(dag, "work")
    world.save(stored(dag, {}))
    run = world.trigger("d")
    world.step()
    world.save(stored(dag, {"work": "items"}), touched="2")
    play(world, {"items": 2})
    assert world.instances("d", run, "work") == {0: "success", 1: "success"}


def test_a_task_that_is_mapped_no_longer_runs_once(world: World):
    dag = make_dag()
    task(dag, "items") >> task(dag, "work")
    world.save(stored(dag, {"work": 3}))
    run = world.trigger("d")
    world.step()
    world.save(stored(dag, {}), touched="2")
    play(world, {})
    assert world.instances("d", run, "work") == {
        -1: "success", 0: "removed", 1: "removed", 2: "removed",
    }  # fmt: skip
    assert world.run_state("d", run) == "success"


def test_a_longer_literal_in_a_new_version_adds_instances_to_an_open_run(world: World):
    dag = make_dag()
    task(dag, "items") >> task(dag, "work")
    world.save(stored(dag, {"work": 2}))
    run = world.trigger("d")
    world.step()
    world.save(stored(dag, {"work": 3}), touched="2")
    play(world, {})
    assert world.instances("d", run, "work") == dict.fromkeys(range(3), "success")


def test_a_mapped_task_that_leaves_the_dag_and_comes_back_has_its_instances_again(world: World):
    dag, without = make_dag(), make_dag()
    task(dag, "items") >> task(dag, "work")
    task(without, "items")
    world.save(stored(dag, {"work": 2}))
    run = world.trigger("d")
    world.step()
    world.save(stored(without, {}), touched="2")
    world.step()
    assert world.instances("d", run, "work") == {0: "removed", 1: "removed"}
    world.save(stored(dag, {"work": 2}), touched="3")
    play(world, {})
    assert world.instances("d", run, "work") == {0: "success", 1: "success"}


def test_every_move_of_every_instance_is_in_the_history(world: World):
    run = over_list(world)
    play(world, {"items": 2})
    with world.db.read() as tx:
        rows = runs.list_tis(tx, runs.get_run(tx, "d", run).id)
    assert {row.map_index: row.version for row in rows if row.task_id == "work"} == {0: 5, 1: 4}


def statements(world: World, length: int) -> int:
    """Count what one look at a run with so many waiting instances asks of the database."""
    run = over_list(world, dag_options={"max_active_tasks": 2})
    world.step()
    [items] = world.claim()
    world.push(items, length)
    world.finish(items.token)
    world.step()
    [first, _] = world.claim()
    world.finish(first.token)
    asked = []

    def note(*one):
        asked.append(one[2])

    event.listen(world.db.engine, "before_cursor_execute", note)
    world.scheduler.step()
    event.remove(world.db.engine, "before_cursor_execute", note)
    assert world.instances("d", run, "work")[length - 1] == "scheduled"
    return len(asked)


def test_a_look_at_a_thousand_instances_asks_no_more_than_one_at_a_hundred(world: World, db_again):
    assert statements(world, 1000) <= statements(db_again, 100)


@pytest.fixture
def db_again(clock, settings):
    db = Database("sqlite://", clock)
    metadata.create_all(db.engine)
    with db.write() as tx:
        limits.ensure_default_pool(tx, 128)
    yield World(db, clock, settings)
    db.close()
