"""Variables: stored encrypted, hidden by their keys, imported in bulk."""

import pytest
from sqlalchemy import select

from couture_scheduler.db.tables import audit, variable
from couture_scheduler.default_roles import OP_ACTIONS, ROLES
from couture_scheduler.errors import Conflict, Forbidden, Invalid, NotFound
from couture_scheduler.rights import Rights
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.bulk import BulkBody
from couture_scheduler.schemas.variables import VariableBody, VariableImport, VariableQuery
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.variables import (
    bulk_variables,
    delete_variable,
    export_variables,
    get_variable,
    get_variables,
    import_variables,
    patch_variable,
    post_variable,
    reveal_variable,
)
from couture_scheduler.services.workflow import Call


def put(call, key, value, description=None):
    body = VariableBody(key=key, value=value, description=description)
    return post_variable(call(), body=body)


def patch(call, key, mask=(), **fields):
    body = VariableBody.model_validate({"key": key, **fields})
    return patch_variable(
        call(), variable_key=key, body=body, query=UpdateMask(update_mask=list(mask))
    )


def stored(world, key):
    with world.db.read() as tx:
        return tx.scalar(select(variable.c.value).where(variable.c.key == key))


def audited(world):
    with world.db.read() as tx:
        return [(row.event, row.extra) for row in tx.rows(select(audit))]


@pytest.mark.parametrize(
    "key",
    ["db_password", "SECRET_x", "passwd", "my_authorization", "API_KEY", "apikey2", "access_token"],
)
def test_values_of_secret_keys_are_hidden(world, call, key):
    assert put(call, key, "s3cret").value == "***"
    assert get_variable(call(), variable_key=key).value == "***"
    assert get_variables(call(), query=VariableQuery()).variables[0].value == "***"


def test_secret_names_in_a_json_value_are_hidden_and_kept_when_they_come_back(world, call):
    put(call, "db", '{"host":"h","password":"p","more":[{"api_key":"k"}]}')
    shown = get_variable(call(), variable_key="db").value
    assert shown == '{"host": "h", "password": "***", "more": [{"api_key": "***"}]}'
    patch(call, "db", value=shown.replace('"h"', '"other"'))
    clear = reveal_variable(call(), variable_key="db").value
    assert clear == '{"host": "other", "password": "p", "more": [{"api_key": "k"}]}'


def test_a_value_without_secrets_is_shown_as_it_was_written(world, call):
    put(call, "conf", '{"a":1,  "b":[2]}')
    assert get_variable(call(), variable_key="conf").value == '{"a":1,  "b":[2]}'


def test_revealing_needs_its_own_permission_and_is_recorded(world, workflow, call):
    put(call, "db_password", "s3cret")
    assert reveal_variable(call(), variable_key="db_password").value == "s3cret"
    event, extra = audited(world)[-1]
    assert (event, extra) == ("reveal_variable", {"variable_key": "db_password"})
    rights = Rights(OP_ACTIONS - {"can_conf"}, frozenset({"VariableModelView"}))
    eve = Call(workflow, Actor("eve", None, (rights,)))
    with pytest.raises(Forbidden):
        reveal_variable(eve, variable_key="db_password")
    with pytest.raises(Forbidden):
        export_variables(eve)


def test_values_are_encrypted_at_rest_and_in_no_audit_row(world, call):
    put(call, "region", "europe-north")
    patch(call, "region", value="europe-south")
    import_variables(call(), body=VariableImport(variables={"region": "europe-west"}))
    assert "europe" not in stored(world, "region")
    assert "europe" not in str(audited(world))


def test_a_hidden_value_that_is_sent_back_stays(world, call):
    put(call, "db_password", "s3cret")
    patch(call, "db_password", value="***", description="of the shop")
    found = reveal_variable(call(), variable_key="db_password")
    assert (found.value, found.description) == ("s3cret", "of the shop")
    patch(call, "db_password", value="new")
    assert reveal_variable(call(), variable_key="db_password").value == "new"


def test_the_mark_of_a_hidden_value_makes_no_variable(world, call):
    with pytest.raises(Invalid):
        put(call, "db_password", "***")


def test_a_mask_says_what_changes(world, call):
    put(call, "region", "eu", "where")
    found = patch(call, "region", ["description"], value="us", description="which")
    assert (found.value, found.description) == ("eu", "which")
    with pytest.raises(Invalid):
        patch(call, "region", ["colour"], value="us")


def test_values_that_are_no_text_are_stored_as_json(world, call):
    assert put(call, "limits", {"a": [1, None]}).value == '{"a": [1, null]}'


def test_a_key_is_added_once_and_deleted_once(world, call):
    put(call, "region", "eu")
    with pytest.raises(Conflict):
        put(call, "region", "us")
    delete_variable(call(), variable_key="region")
    with pytest.raises(NotFound):
        delete_variable(call(), variable_key="region")


def test_lists_are_filtered_ordered_and_paged(world, call):
    for key in ("b_one", "a_one", "a_two"):
        put(call, key, "1")

    def keys(**query):
        found = get_variables(call(), query=VariableQuery(**query))
        return [one.key for one in found.variables], found.total_entries

    assert keys(variable_key_pattern="one") == (["a_one", "b_one"], 2)
    assert keys(order_by=["-key"], limit=1, offset=1) == (["a_two"], 3)
    assert keys(variable_key_prefix_pattern="a_") == (["a_one", "a_two"], 2)


def test_an_import_reports_what_was_new_changed_and_kept(world, call):
    put(call, "region", "eu")
    put(call, "same", "1")
    given = {"region": "us", "same": "1", "limits": {"a": 1}, "x": {"value": 7, "description": "d"}}
    report = import_variables(call(), body=VariableImport(variables=given))
    assert report.model_dump() == {
        "created": ["limits", "x"],
        "changed": ["region"],
        "kept": ["same"],
    }
    assert get_variable(call(), variable_key="limits").value == '{"a": 1}'
    assert get_variable(call(), variable_key="x").description == "d"


def test_an_import_leaves_existing_keys_alone_or_fails_as_a_whole_where_it_is_told_to(world, call):
    put(call, "region", "eu")
    given = {"new": "1", "region": "us"}
    skip = VariableImport(variables=given, action_on_existing_key="skip")
    assert import_variables(call(), body=skip).kept == ["region"]
    delete_variable(call(), variable_key="new")
    with pytest.raises(Conflict, match="region"):
        import_variables(
            call(), body=VariableImport(variables=given, action_on_existing_key="fail")
        )
    assert [one.key for one in get_variables(call(), query=VariableQuery()).variables] == ["region"]


def test_an_export_can_be_imported_again(world, call):
    put(call, "db_password", "s3cret")
    put(call, "region", "eu", "where")
    found = export_variables(call()).variables
    assert found == {"db_password": "s3cret", "region": {"value": "eu", "description": "where"}}
    report = import_variables(call(), body=VariableImport(variables=found))
    assert report.kept == ["db_password", "region"]


def bulk(call, *actions):
    body = BulkBody[VariableBody].model_validate({"actions": list(actions)})
    return bulk_variables(call(), body=body)


def test_bulk_actions_are_done_one_after_the_other(world, call):
    put(call, "old", "1")
    found = bulk(
        call,
        {"action": "create", "entities": [{"key": "new", "value": "1"}]},
        {"action": "update", "entities": [{"key": "new", "value": "2"}]},
        {"action": "delete", "entities": ["old"]},
    )
    assert found.create.success == found.update.success == ["new"]
    assert found.delete.success == ["old"]
    assert get_variable(call(), variable_key="new").value == "2"


def test_a_bulk_action_that_is_to_fail_changes_nothing(world, call):
    put(call, "old", "1")
    both = [{"key": "old", "value": "2"}, {"key": "new", "value": "2"}]
    found = bulk(call, {"action": "create", "entities": both})
    assert found.create.errors[0]["status_code"] == 409
    assert bulk(call, {"action": "update", "entities": both}).update.errors[0]["status_code"] == 404
    assert get_variable(call(), variable_key="old").value == "1"
    skip = {"action": "create", "entities": both, "action_on_existence": "skip"}
    assert bulk(call, skip).create.success == ["new"]
    over = {"action": "create", "entities": both, "action_on_existence": "overwrite"}
    assert bulk(call, over).create.success == ["old", "new"]
    gone = {"action": "delete", "entities": ["x"], "action_on_non_existence": "skip"}
    assert bulk(call, gone).delete.success == []


def test_each_bulk_action_needs_its_permission(world, workflow, call):
    put(call, "old", "1")
    rights = Rights(frozenset({"can_edit"}), frozenset({"VariableModelView"}))
    eve = Call(workflow, Actor("eve", None, (rights,)))
    body = BulkBody[VariableBody].model_validate(
        {"actions": [{"action": "delete", "entities": ["old"]}]}
    )
    with pytest.raises(Forbidden):
        bulk_variables(eve, body=body)
    assert get_variable(call(), variable_key="old").value == "1"


def test_an_op_may_and_a_developer_may_not(world, workflow, call):
    put(call, "region", "eu")
    op = Call(workflow, Actor("op", None, ROLES["Op"]))
    assert reveal_variable(op, variable_key="region").value == "eu"
    developer = Call(workflow, Actor("dev", None, ROLES["Developer"]))
    with pytest.raises(Forbidden):
        get_variables(developer, query=VariableQuery())


def test_a_password_in_a_url_of_a_variable_is_not_shown_and_stays(call):
    assert put(call, "db_url", "mysql://ada:s3cret@db/sales").value == "mysql://ada:***@db/sales"
    assert patch(call, "db_url", value="mysql://ada:***@db2/sales").value == (
        "mysql://ada:***@db2/sales"
    )
    assert reveal_variable(call(), variable_key="db_url").value == "mysql://ada:s3cret@db2/sales"
    with pytest.raises(Invalid):
        put(call, "other_url", "mysql://ada:***@db/sales")
