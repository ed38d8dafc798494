"""Clearing an ExternalTaskMarker clears what it stands for in other DAGs."""

from datetime import datetime

import pytest
from mapped import make_dag, task
from people import ADA, People
from sqlalchemy import select
from world import World

from couture_operators import DAG
from couture_operators.sensors.external_task import ExternalTaskMarker
from couture_scheduler.db.tables import audit, dag_run, task_instance
from couture_scheduler.default_roles import ROLES
from couture_scheduler.errors import Invalid
from couture_scheduler.rights import Rights
from couture_scheduler.schemas.task_instances import ClearTaskInstancesBody
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.task_instances import post_clear_task_instances
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import xcoms


@pytest.fixture
def people(world: World, home):
    (home / "run").mkdir(parents=True, exist_ok=True)
    people = People(world, home)
    yield people
    people.close()


def marker(dag: DAG, target: str, external_task: str = "wait", **options):
    return ExternalTaskMarker(
        task_id=f"mark_{target}",
        external_dag_id=target,
        external_task_id=external_task,
        dag=dag,
        **options,
    )


def parent_and_child(world: World, **options) -> None:
    parent, child = make_dag("parent"), make_dag("child")
    task(parent, "first") >> marker(parent, "child", **options)
    task(child, "before") >> task(child, "wait") >> task(child, "after")
    world.save(parent, child)
    for dag_id in ("parent", "child"):
        world.trigger(dag_id)
    world.play()


def clear(people: People, dag_id: str, task_id: str, actor: Actor = ADA, **options) -> set[str]:
    """Return "dag.task" of all that was cleared."""
    run = next(run for run in people.runs() if run.dag_id == dag_id)
    body = ClearTaskInstancesBody(
        dag_run_id=run.run_id,
        task_ids=[task_id],
        **{"dry_run": False, "only_failed": False, "include_downstream": True, **options},
    )
    call = Call(people.workflow, actor)
    answer = post_clear_task_instances(call, dag_id=dag_id, body=body)
    return {f"{one.dag_id}.{one.task_id}" for one in answer.task_instances}


def waiting(world: World) -> set[str]:
    with world.db.read() as tx:
        rows = tx.rows(select(task_instance).where(task_instance.c.state != "success"))
    return {f"{row.dag_id}.{row.task_id}" for row in rows}


CLEARED = {"parent.mark_child", "child.wait", "child.after"}


def test_the_marked_task_and_all_below_it_run_again(world, people):
    parent_and_child(world)
    assert clear(people, "parent", "mark_child") == CLEARED
    assert waiting(world) == CLEARED
    assert {run.state for run in people.runs()} == {"queued"}
    world.play()
    assert waiting(world) == set()
    assert {run.state for run in people.runs()} == {"success"}


def test_a_dry_run_says_what_would_run_again_and_changes_nothing(world, people):
    parent_and_child(world)
    assert clear(people, "parent", "first", dry_run=True) == CLEARED | {"parent.first"}
    assert waiting(world) == set()


def test_without_what_is_downstream_only_the_marker_is_cleared(world, people):
    parent_and_child(world)
    assert clear(people, "parent", "mark_child", include_downstream=False) == {"parent.mark_child"}


def test_the_audit_names_what_was_cleared_in_the_other_dag(world, people):
    parent_and_child(world)
    clear(people, "parent", "mark_child")
    with world.db.read() as tx:
        before = tx.rows(select(audit.c.extra))[-1].extra["before"]
    child = next(run for run in people.runs() if run.dag_id == "child")
    assert {f"child {child.run_id} wait: success", "mark_child: success"} <= set(before)


def test_the_date_is_the_one_that_the_marker_rendered(world, people):
    parent, child = make_dag("parent"), make_dag("child")
    marker(parent, "child", execution_date="{{ macros.ds_add(ds, -1) }}")
    task(child, "wait")
    world.save(parent, child)
    world.trigger("parent")
    earlier = world.trigger("child", at=datetime.fromisoformat("2026-11-01T00:00:00+00:00"))
    world.trigger("child")
    world.step()
    for row in world.claim():
        if row.task_id == "mark_child":
            with world.db.write() as tx:
                xcoms.put_rendered(tx, {row.token: {"execution_date": "2026-11-01"}})
        world.finish(row.token)
    world.play()
    clear(people, "parent", "mark_child")
    with world.db.read() as tx:
        states = {row.run_id: row.state for row in tx.rows(select(dag_run))}
    assert {run_id for run_id, state in states.items() if state == "queued"} >= {earlier}
    assert sum(state == "queued" for state in states.values()) == 2


def test_markers_that_lead_in_a_circle_are_followed_once(world, people):
    one, two = make_dag("one"), make_dag("two")
    task(one, "wait") >> marker(one, "two")
    task(two, "wait") >> marker(two, "one")
    world.save(one, two)
    for dag_id in ("one", "two"):
        world.trigger(dag_id)
    world.play()
    everything = {"one.wait", "one.mark_two", "two.wait", "two.mark_one"}
    assert clear(people, "one", "mark_two") == everything


def test_more_steps_than_the_first_marker_allows_are_refused(world, people):
    names = ["d0", "d1", "d2", "d3"]
    dags = [make_dag(name) for name in names]
    for dag, target in zip(dags, [*names[1:], None], strict=True):
        first = task(dag, "wait")
        if target:
            first >> marker(dag, target, recursion_depth=2)
    world.save(*dags)
    for name in names:
        world.trigger(name)
    world.play()
    with pytest.raises(Invalid, match="recursion_depth of the first marker"):
        clear(people, "d0", "wait")
    assert waiting(world) == set()
    assert len(clear(people, "d1", "wait")) == 5


def test_a_dag_in_which_a_person_may_not_clear_is_left_as_it_is(world, people):
    parent_and_child(world)
    may_clear = Rights(frozenset({"can_clear"}), frozenset({"TaskInstanceModelView"}), "parent")
    vera = Actor("vera", "10.0.0.2", (*ROLES["Viewer"], may_clear), ("Viewer",))
    assert clear(people, "parent", "mark_child", vera) == {"parent.mark_child"}
    assert waiting(world) == {"parent.mark_child"}
