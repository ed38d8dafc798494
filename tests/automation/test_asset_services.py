"""Assets for people: listed, followed to the runs that they started, and updated by hand."""

from datetime import UTC, datetime

import pytest
from world import World

from couture_operators import DAG, BashOperator
from couture_operators.assets import Asset
from couture_scheduler.db.tables import audit
from couture_scheduler.default_roles import ROLES
from couture_scheduler.errors import Conflict, Forbidden, NotFound
from couture_scheduler.rights import Rights
from couture_scheduler.schemas.assets import (
    AssetEventQuery,
    AssetQuery,
    CreateAssetEventsBody,
    MaterializeAssetBody,
    QueuedEventQuery,
)
from couture_scheduler.services import assets
from couture_scheduler.store import assets as asset_store
from couture_scheduler.store import dags

START = datetime(2026, 11, 20, tzinfo=UTC)
ADMIN, VIEWER = ROLES["Admin"], ROLES["Viewer"]
OTHER = tuple(Rights(one.actions, one.menus, "other_*") for one in VIEWER)
MAKE_ONLY = tuple(Rights(one.actions, one.menus, "make") for one in ADMIN)
USE_ONLY = tuple(Rights(one.actions, one.menus, "use") for one in VIEWER)


@pytest.fixture
def raw(world: World, call) -> int:
    """The id of an asset that `make` updates and `use` waits for, with another one."""
    make = DAG("make", start_date=START, is_paused_upon_creation=False)
    BashOperator(task_id="a", bash_command="true", dag=make, outlets=[Asset("s3://raw")])
    both = [Asset("s3://raw"), Asset("s3://other")]
    use = DAG("use", schedule=both, start_date=START, is_paused_upon_creation=False)
    BashOperator(task_id="b", bash_command="true", dag=use)
    world.save(make, path="make.py")
    world.save(use, path="use.py")
    return assets.get_assets(call(), query=AssetQuery(uri_pattern="raw")).assets[0].id


def update(call, asset_id: int, rights=ADMIN):
    body = CreateAssetEventsBody(asset_id=asset_id, extra={"x": 1})
    return assets.create_asset_event(call(rights), body=body)


def test_an_asset_names_who_makes_it_and_who_waits_for_it(raw: int, call):
    found = assets.get_asset(call(), asset_id=raw)
    assert [one.dag_id for one in found.scheduled_dags] == ["use"]
    assert [(one.dag_id, one.task_id) for one in found.producing_tasks] == [("make", "a")]
    assert (found.consuming_tasks, found.last_asset_event) == ([], None)


def test_an_event_waits_for_the_others_and_is_followed_to_its_run(world: World, raw: int, call):
    update(call, raw)
    waiting = assets.get_dag_asset_queued_events(call(), dag_id="use", query=QueuedEventQuery())
    assert [one.asset_id for one in waiting.queued_events] == [raw]
    listed = assets.get_assets(call(), query=AssetQuery(uri_pattern="other")).assets
    event = update(call, listed[0].id)
    world.play()
    found = assets.get_asset_events(call(), query=AssetEventQuery()).asset_events
    assert [one.extra for one in found] == [{"x": 1, "from_rest_api": True}] * 2
    assert [one.created_dagruns[0].triggering for one in found] == [
        one.id == event.id for one in found
    ]
    run_id = found[0].created_dagruns[0].run_id
    consumed = assets.get_upstream_asset_events(call(), dag_id="use", dag_run_id=run_id)
    assert consumed.total_entries == 2


def test_what_waits_can_be_dropped(raw: int, call):
    update(call, raw)
    query = QueuedEventQuery()
    assets.delete_dag_asset_queued_events(call(), dag_id="use", query=query)
    assert assets.get_asset_queued_events(call(), asset_id=raw, query=query).total_entries == 0
    with pytest.raises(NotFound):
        assets.delete_dag_asset_queued_events(call(), dag_id="use", query=query)


def test_who_may_see_none_of_its_dags_sees_no_asset(raw: int, call):
    assert assets.get_assets(call(OTHER), query=AssetQuery()).assets == []
    with pytest.raises(NotFound):
        assets.get_asset(call(OTHER), asset_id=raw)


def test_who_may_not_trigger_makes_no_event(raw: int, call):
    with pytest.raises(Forbidden):
        update(call, raw, VIEWER)


def test_who_may_not_see_a_waiting_dag_makes_no_event_and_does_not_learn_its_name(raw: int, call):
    with pytest.raises(Forbidden) as refused:
        update(call, raw, MAKE_ONLY)
    assert "use" not in str(refused.value).split()


def test_an_asset_says_nothing_of_dags_that_may_not_be_seen(world: World, raw: int, call):
    with world.db.write() as tx:
        asset_store.add_event(tx, raw, {}, ["alias_of_make"], source_dag_id="make")
    found = assets.get_asset(call(USE_ONLY), asset_id=raw)
    assert (found.producing_tasks, found.aliases, found.last_asset_event) == ([], [], None)
    assert assets.get_asset(call(), asset_id=raw).last_asset_event is not None
    assert [one.name for one in assets.get_asset(call(), asset_id=raw).aliases] == ["alias_of_make"]


def test_a_run_shows_only_updates_of_dags_that_may_be_seen(world: World, raw: int, call):
    with world.db.write() as tx:
        asset_store.add_event(tx, raw, {}, source_dag_id="make")
    other = assets.get_assets(call(), query=AssetQuery(uri_pattern="other")).assets[0].id
    by_hand = update(call, other)
    world.play()
    [run] = (
        assets.get_asset_events(call(), query=AssetEventQuery(asset_id=other))
        .asset_events[0]
        .created_dagruns
    )
    which = {"dag_id": "use", "dag_run_id": run.run_id}
    assert assets.get_upstream_asset_events(call(), **which).total_entries == 2
    seen = assets.get_upstream_asset_events(call(USE_ONLY), **which).asset_events
    assert [one.id for one in seen] == [by_hand.id]


def materialize(call, asset_id: int, rights=ADMIN):
    body = MaterializeAssetBody(dag_run_id="made")
    return assets.materialize_asset(call(rights), asset_id=asset_id, body=body)


def test_materializing_makes_a_run_of_the_dag_that_updates_the_asset(raw: int, call):
    run = materialize(call, raw, MAKE_ONLY)
    assert (run.dag_id, run.dag_run_id, run.state) == ("make", "made", "queued")


def test_what_no_dag_or_more_than_one_updates_cannot_be_materialized(world: World, raw: int, call):
    with pytest.raises(NotFound, match="No DAG has a task that updates"):
        materialize(call, raw, tuple(Rights(one.actions, one.menus, "use") for one in ADMIN))
    make = DAG("also", start_date=START, is_paused_upon_creation=False)
    BashOperator(task_id="a", bash_command="true", dag=make, outlets=[Asset("s3://raw")])
    world.save(make, path="also.py")
    with pytest.raises(Conflict, match="trigger one of also, make"):
        materialize(call, raw)


def test_a_filter_by_dag_says_nothing_of_dags_that_may_not_be_seen(raw: int, call):
    def found(rights, *dag_ids: str) -> list[int]:
        query = AssetQuery(dag_ids=list(dag_ids))
        return [one.id for one in assets.get_assets(call(rights), query=query).assets]

    assert raw in found(ADMIN, "make")
    assert found(MAKE_ONLY, "use") == found(MAKE_ONLY, "absent") == []
    assert found(MAKE_ONLY, "use", "make") == [raw]


def test_what_a_hidden_dag_alone_still_uses_is_used_no_more(world: World, raw: int, call):
    with world.db.write() as tx:
        dags.set_inactive(tx, ["make"])
    assert [one.id for one in assets.get_assets(call(), query=AssetQuery()).assets][0] == raw
    assert assets.get_assets(call(MAKE_ONLY), query=AssetQuery()).assets == []
    every = AssetQuery(only_active=False)
    assert [one.id for one in assets.get_assets(call(MAKE_ONLY), query=every).assets] == [raw]


def test_one_sentence_refuses_whether_the_waiting_dag_may_be_seen_or_not(raw: int, call):
    sees_use = (*MAKE_ONLY, *USE_ONLY)
    said = set()
    for rights in (MAKE_ONLY, sees_use):
        with pytest.raises(Forbidden) as refused:
            update(call, raw, rights)
        said.add(str(refused.value))
    assert len(said) == 1
    assert "every DAG that waits for it" in said.pop()


SECRET = "postgres://u:c4nary@h/raw"


def test_a_password_in_a_uri_or_an_events_extra_is_in_no_answer_and_no_audit_row(
    world: World, call
):
    make = DAG("loud", start_date=START)
    BashOperator(task_id="a", bash_command="true", dag=make, outlets=[Asset(SECRET)])
    waits = DAG("waits", schedule=[Asset(SECRET)], start_date=START)
    BashOperator(task_id="b", bash_command="true", dag=waits)
    world.save(make, path="loud.py")
    world.save(waits, path="waits.py")
    [one] = assets.get_assets(call(), query=AssetQuery()).assets
    assert one.uri == "postgres://u:***@h/raw"
    body = CreateAssetEventsBody(asset_id=one.id, extra={"password": "c4nary", "u": SECRET})
    event = assets.create_asset_event(call(), body=body)
    assert event.extra == {"password": "***", "u": one.uri, "from_rest_api": True}
    events = assets.get_asset_events(call(), query=AssetEventQuery())
    quiet = MaterializeAssetBody()
    assets.materialize_asset(call(), asset_id=one.id, body=quiet)
    with world.db.write() as tx:
        dags.set_inactive(tx, ["loud"])
    with pytest.raises(NotFound) as refused:
        assets.materialize_asset(call(), asset_id=one.id, body=quiet)
    with world.db.read() as tx:
        rows = tx.rows(audit.select())
    said = f"{one} {assets.get_asset(call(), asset_id=one.id)} {event} {events} {refused.value}"
    assert "c4nary" not in said + str(rows)
    assert len(rows) == 3
