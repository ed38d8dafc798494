"""Pools: their slots by state, what cannot be done to them; and the settings, read only."""

import pytest
from sqlalchemy import update

from couture_operators import DAG, BashOperator
from couture_scheduler.db.tables import task_instance
from couture_scheduler.errors import Conflict, Forbidden, Invalid, NotFound
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.bulk import BulkBody
from couture_scheduler.schemas.configuration import ConfigQuery
from couture_scheduler.schemas.pools import PoolBody, PoolPatchBody, PoolQuery
from couture_scheduler.services.configuration import (
    as_text,
    get_config,
    get_config_value,
    get_setting_list,
)
from couture_scheduler.services.pools import (
    bulk_pools,
    delete_pool,
    get_pool,
    get_pools,
    patch_pool,
    post_pool,
)


def add(call, name="small", slots=3, **more):
    return post_pool(call(), body=PoolBody(name=name, slots=slots, **more))


def patch(call, name, mask=(), **fields):
    body = PoolPatchBody.model_validate(fields)
    return patch_pool(call(), pool_name=name, body=body, query=UpdateMask(update_mask=list(mask)))


@pytest.fixture
def busy(world, call):
    """A run whose five tasks are in `small`, with two slots each, in five states."""
    add(call, slots=20)
    dag = DAG("busy", is_paused_upon_creation=False)
    states = ("running", "queued", "scheduled", "deferred", "success")
    for name in states:
        BashOperator(task_id=name, bash_command="true", dag=dag, pool="small", pool_slots=2)
    world.save(dag)
    world.trigger("busy", "manual__1")
    world.step()
    with world.db.write() as tx:  # as the engine would leave them; only this test writes states
        for name in states:
            tx.execute(
                update(task_instance).where(task_instance.c.task_id == name).values(state=name)
            )
    return world


def test_slots_are_counted_by_state(busy, call):
    found = get_pool(call(), pool_name="small")
    assert (found.running_slots, found.queued_slots, found.scheduled_slots) == (2, 2, 2)
    assert (found.deferred_slots, found.occupied_slots, found.open_slots) == (2, 4, 16)
    found = patch(call, "small", include_deferred=True)
    assert (found.occupied_slots, found.open_slots) == (6, 14)


def test_a_pool_without_a_limit_is_always_open(world, call):
    found = add(call, slots=-1)
    assert (found.slots, found.open_slots) == (-1, -1)


def test_a_mask_says_what_changes(world, call):
    add(call, description="few")
    found = patch(call, "small", ["slots"], slots=5, description="many")
    assert (found.slots, found.description) == (5, "few")
    assert patch(call, "small", description=None).description is None
    with pytest.raises(Invalid):
        patch(call, "small", pool="other")


def test_the_default_pool_stays_and_changes_its_size_only(world, call):
    assert patch(call, "default_pool", slots=7).slots == 7
    with pytest.raises(Invalid):
        patch(call, "default_pool", description="mine")
    with pytest.raises(Conflict, match="default_pool"):
        delete_pool(call(), pool_name="default_pool")


def test_a_pool_that_tasks_use_is_not_deleted(busy, call):
    with pytest.raises(Conflict, match="busy"):
        delete_pool(call(), pool_name="small")


def test_a_pool_is_added_once_and_deleted_once(world, call):
    add(call)
    with pytest.raises(Conflict):
        add(call)
    delete_pool(call(), pool_name="small")
    with pytest.raises(NotFound):
        delete_pool(call(), pool_name="small")


def test_pools_are_filtered_and_ordered(world, call):
    add(call, "small", 1)
    add(call, "smaller", 0)
    query = PoolQuery(pool_name_pattern="small", order_by=["slots"])
    assert [one.name for one in get_pools(call(), query=query).pools] == ["smaller", "small"]


def test_what_cannot_be_deleted_does_not_keep_the_rest_from_it(world, call):
    add(call)
    actions = [{"action": "delete", "entities": ["default_pool", "small"]}]
    body = BulkBody[PoolBody].model_validate({"actions": actions})
    found = bulk_pools(call(), body=body).delete
    assert found.success == ["small"]
    assert found.errors[0]["status_code"] == 409


def test_settings_are_read_by_section_without_secrets(workflow, call):
    workflow.settings.db_url = "mysql://ada:s3cret@host/db"
    found = get_config(call(), query=ConfigQuery())
    text = as_text(found)
    assert "db_url = mysql://ada:***@host/db" in text
    assert "s3cret" not in text
    [section] = get_config(call(), query=ConfigQuery(section="core")).sections
    assert "slots" in [one.key for one in section.options]
    one = get_config_value(call(), section="core", option="keep_running")
    assert one.sections[0].options[0].value == "False"
    with pytest.raises(NotFound):
        get_config_value(call(), section="core", option="colour")
    with pytest.raises(NotFound):
        get_config(call(), query=ConfigQuery(section="colour"))


def test_a_setting_says_where_it_comes_from(workflow, call, monkeypatch):
    monkeypatch.setenv("COUTURE_SLOTS", "3")
    found = {one.key: one for one in get_setting_list(call()).settings}
    assert found["slots"].source == "environment"
    assert (found["max_lost"].source, found["max_lost"].default) == ("default", "3")
    assert "uncounted" in found["max_lost"].help


def test_settings_can_be_kept_from_the_api(workflow, call):
    workflow.settings.expose_config = False
    with pytest.raises(Forbidden, match="expose_config"):
        get_config(call(), query=ConfigQuery())
