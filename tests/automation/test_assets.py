"""Assets: what tasks update, and the DAGs that wait for it."""

from datetime import UTC, datetime

import pytest
from invariants import check
from sqlalchemy import select
from world import World

from couture_operators import DAG, BashOperator
from couture_operators.assets import Asset, AssetAlias
from couture_operators.serialize import dag_to_dict
from couture_scheduler.asset_events import triggering_events
from couture_scheduler.db.automation import asset_event, asset_queue
from couture_scheduler.db.tables import dag_run
from couture_scheduler.parsing.save import save_report
from couture_scheduler.rules.assets import is_met, names
from couture_scheduler.states import AttemptState
from couture_scheduler.store import assets, dags

START = datetime(2026, 11, 20, tzinfo=UTC)
A, B = "s3://raw/a", "s3://raw/b"


def producer(world: World, dag_id: str = "producer", *outlets) -> None:
    dag = DAG(dag_id, start_date=START, is_paused_upon_creation=False)
    BashOperator(
        task_id="make",
        bash_command="true",
        dag=dag,
        outlets=list(outlets or (Asset(A),)),
        retries=0,
    )
    world.save(dag, path=f"{dag_id}.py")


def consumer(world: World, expression: dict, dag_id: str = "consumer", **more) -> None:
    """A DAG whose schedule is an expression, as couture_operators stores it."""
    dag = DAG(dag_id, start_date=START, is_paused_upon_creation=more.pop("paused", False))
    BashOperator(task_id="use", bash_command="true", dag=dag)
    data = dag_to_dict(dag)
    data["schedule"] = {"type": "assets", "expression": expression, **more}
    report = {"dags": [data], "sources": {}, "touched": {"x": str(data["schedule"])}, "threads": 1}
    with world.db.write() as tx:
        save_report(tx, f"{dag_id}.py", report, world.settings)


def run(world: World, dag_id: str = "producer", **ending) -> str:
    run_id = world.trigger(dag_id)
    world.step()
    world.claim()
    for token in list(world.claimed):
        world.finish(token, **ending)
    return run_id


def made(world: World, dag_id: str = "consumer") -> list:
    query = select(dag_run).where(dag_run.c.dag_id == dag_id).order_by(dag_run.c.id)
    with world.db.read() as tx:
        return tx.rows(query)


def events_of(world: World, run_row) -> dict:
    with world.db.read() as tx:
        return triggering_events(tx, run_row.id)


def rows(world: World, table) -> list:
    with world.db.read() as tx:
        return tx.rows(select(table))


def test_an_update_starts_the_dag_that_waits_for_it_once(world: World):
    producer(world)
    consumer(world, {"asset": A})
    run_id = run(world)
    world.play()
    (one,) = made(world)
    assert (one.run_type, one.state, one.triggered_by) == ("asset_triggered", "success", "asset")
    (event,) = events_of(world, one)[A]
    assert (event["source_dag_id"], event["source_run_id"]) == ("producer", run_id)
    assert event["source_task_id"] == "make"
    assert rows(world, asset_queue) == []
    world.step()
    assert len(made(world)) == 1
    check(world.db)


def test_a_task_that_fails_or_is_skipped_updates_nothing(world: World):
    producer(world)
    consumer(world, {"asset": A})
    run(world, state=AttemptState.FAILED)
    run(world, state=AttemptState.SKIPPED)
    world.step()
    assert rows(world, asset_event) == []
    assert made(world) == []


def test_all_assets_of_an_expression_are_waited_for(world: World):
    producer(world, "one", Asset(A))
    producer(world, "two", Asset(B))
    consumer(world, {"all": [{"asset": A}, {"asset": B}]})
    run(world, "one")
    run(world, "one")
    world.step()
    assert made(world) == []
    run(world, "two")
    world.step()
    (one,) = made(world)
    found = events_of(world, one)
    assert (len(found[A]), len(found[B])) == (2, 1)


def test_any_asset_of_an_expression_suffices(world: World):
    producer(world, "two", Asset(B))
    consumer(world, {"any": [{"asset": A}, {"asset": B}]})
    run(world, "two")
    world.step()
    assert len(made(world)) == 1


def test_an_alias_stands_for_the_assets_that_tasks_add_to_it(world: World):
    producer(world, "producer", AssetAlias("outputs"))
    consumer(world, {"alias": "outputs"})
    said = ({"alias": "outputs", "asset": A, "extra": {"rows": 3}},)
    run(world, asset_events=said)
    world.step()
    (one,) = made(world)
    (event,) = events_of(world, one)[A]
    assert (event["extra"], event["aliases"]) == ({"rows": 3}, ["outputs"])


def test_a_task_cannot_use_an_alias_that_is_not_its_outlet(world: World):
    producer(world, "producer", AssetAlias("outputs"))
    run(world, asset_events=({"alias": "other", "asset": A, "extra": {}},))
    assert rows(world, asset_event) == []


def test_what_a_task_says_of_its_outlet_is_in_the_event(world: World):
    producer(world)
    run(world, asset_events=({"asset": A, "extra": {"rows": 7}},))
    (event,) = rows(world, asset_event)
    assert event.extra == {"rows": 7}


def test_updates_while_a_dag_is_off_do_not_wait_for_it(world: World):
    producer(world)
    consumer(world, {"asset": A}, paused=True)
    run(world)
    with world.db.write() as tx:
        dags.set_paused(tx, "consumer", False)
    world.step()
    assert made(world) == []
    run(world)
    world.step()
    assert len(made(world)) == 1


def test_what_waits_when_a_dag_is_switched_off_starts_it_when_it_is_on_again(world: World):
    producer(world)
    consumer(world, {"asset": A})
    run_id = world.trigger("producer")
    world.step()
    world.claim()
    for token in list(world.claimed):
        world.finish(token)
    with world.db.write() as tx:
        dags.set_paused(tx, "consumer", True)
    world.step()
    assert made(world) == []
    with world.db.write() as tx:
        dags.set_paused(tx, "consumer", False)
    world.step()
    assert len(made(world)) == 1
    assert world.run_state("producer", run_id) == "success"


def test_another_expression_is_looked_at_again(world: World):
    producer(world)
    consumer(world, {"all": [{"asset": A}, {"asset": B}]})
    run(world)
    world.step()
    assert made(world) == []
    consumer(world, {"any": [{"asset": A}, {"asset": B}]})
    world.step()
    assert len(made(world)) == 1


def test_an_event_that_somebody_makes_counts_like_a_tasks(world: World):
    consumer(world, {"asset": A})
    with world.db.write() as tx:
        assets.add_event(tx, assets.ensure_asset(tx, A), {"by": "hand"})
    world.step()
    (one,) = made(world)
    (event,) = events_of(world, one)[A]
    assert (event["source_dag_id"], event["extra"]) == (None, {"by": "hand"})


def test_the_run_covers_what_its_sources_cover(world: World):
    producer(world)
    consumer(world, {"asset": A})
    run_id = world.trigger("producer", at=START)
    world.play()
    (one,) = made(world)
    assert one.data_interval_start == one.data_interval_end == START
    assert world.run_state("producer", run_id) == "success"


def test_a_dag_may_wait_for_assets_or_a_time(world: World):
    producer(world)
    consumer(
        world,
        {"asset": A},
        type="assets_or_time",
        time={"type": "cron", "cron": "0 * * * *", "timezone": "UTC"},
    )
    run(world)
    world.clock.advance(3600)
    world.play()
    assert sorted({row.run_type for row in made(world)}) == ["asset_triggered", "scheduled"]


@pytest.mark.parametrize(
    ("updated", "met"), [({"a"}, False), ({"a", "b"}, True), ({"a", "x"}, True), ({"x"}, False)]
)
def test_expressions_are_nested(updated: set, met: bool):
    expression = {"all": [{"asset": "a"}, {"any": [{"asset": "b"}, {"alias": "c"}]}]}
    assert is_met(expression, updated, {"c": {"x"}}) is met
    assert names(expression, "asset") == ["a", "b"]
    assert names(expression, "alias") == ["c"]


def test_a_task_may_look_at_earlier_events(world: World, requests, running):
    producer(world)
    run(world, asset_events=({"asset": A, "extra": {"rows": 1}},))
    run(world, asset_events=({"asset": A, "extra": {"rows": 2}},))
    run_id = world.trigger("producer")
    world.step()
    world.claim()
    attempt = running("producer", run_id, "make")
    found = requests.answer({"op": "asset_events", "asset": A, "alias": None}, attempt)["value"]
    assert [event["extra"] for event in found] == [{"rows": 1}, {"rows": 2}]
    found = requests.answer({"op": "asset_events", "asset": None, "alias": "x"}, attempt)["value"]
    assert found == []
