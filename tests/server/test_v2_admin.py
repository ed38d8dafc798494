"""What administrators keep: our answers fit v2.yaml, its official client drives us."""

import json
import re
import urllib.error
import urllib.request

import pytest
from airflow_client.client import ApiException
from airflow_client.client.api import config_api, connection_api, pool_api, variable_api
from airflow_client.client.models.bulk_body_connection_body import BulkBodyConnectionBody
from airflow_client.client.models.bulk_body_pool_body import BulkBodyPoolBody
from airflow_client.client.models.bulk_body_variable_body import BulkBodyVariableBody
from airflow_client.client.models.connection_body import ConnectionBody
from airflow_client.client.models.connection_test_request_body import ConnectionTestRequestBody
from airflow_client.client.models.pool_body import PoolBody
from airflow_client.client.models.pool_patch_body import PoolPatchBody
from airflow_client.client.models.variable_body import VariableBody
from seeded import TOKEN
from v2_contract import assert_fits, contract

from couture_server.routes import ROUTES
from couture_server.routing import PARAMETER

KEPT = {"Variable", "Connection", "Pool", "Config", "Backfill"}


@pytest.fixture
def variables(client):
    api = variable_api.VariableApi(client)
    yield api
    for one in api.get_variables(limit=1000).variables:
        api.delete_variable(one.key)


@pytest.fixture
def connections(client):
    api = connection_api.ConnectionApi(client)
    yield api
    for name in {one.connection_id for one in api.get_connections().connections}:
        api.delete_connection(name)


@pytest.fixture
def pools(client):
    api = pool_api.PoolApi(client)
    yield api
    for one in api.get_pools().pools:
        if one.name != "default_pool":
            api.delete_pool(one.name)


def value(key, text, **more):
    return VariableBody.from_dict({"key": key, "value": text, **more})


def operations(tags):
    """Return (method, path, operation) of the contract's calls that have these tags."""
    return [
        (method.upper(), path, found)
        for path, methods in contract()["paths"].items()
        for method, found in methods.items()
        if tags & set(found.get("tags", ()))
    ]


def test_every_call_that_the_client_has_for_them_is_served():
    served = {(one.method, "/" + PARAMETER.sub(r"{\1}", one.path)) for one in ROUTES}
    asked = {(method, path) for method, path, _ in operations(KEPT | {"Asset"})}
    assert asked <= served


ORDERS = [
    (path, name)
    for method, path, found in operations(KEPT | {"Asset"})
    for one in found.get("parameters", ())
    if method == "GET" and one["name"] == "order_by"
    for name in re.findall(r"\w+", one["description"].rpartition("ttributes: `")[2])
]


@pytest.mark.parametrize(("path", "name"), ORDERS)
def test_lists_are_ordered_by_whatever_the_contract_names(http, path, name):
    for order in (name, f"-{name}"):
        assert http("GET", f"{path.lstrip('/')}?order_by={order}")[0] == 200


def test_patterns_have_the_wildcards_of_the_contract(variables):
    for key in ("sales_eu", "salesXeu", "50%", "other"):
        variables.post_variable(value(key, "1"))

    def keys(**query):
        return [one.key for one in variables.get_variables(**query).variables]

    assert keys(variable_key_pattern="%SALES_eu%") == ["salesXeu", "sales_eu"]
    assert keys(variable_key_pattern="s%u|oth") == ["other", "salesXeu", "sales_eu"]
    assert keys(variable_key_pattern="/") == []
    assert len(keys(variable_key_pattern="~")) == len(keys(variable_key_prefix_pattern="~")) == 4
    assert keys(variable_key_prefix_pattern="50%") == ["50%"]
    assert keys(variable_key_prefix_pattern="sales_") == ["sales_eu"]


def test_the_official_client_keeps_variables(variables):
    made = variables.post_variable(value("region", "eu", description="where"))
    assert (made.key, made.value, made.is_encrypted) == ("region", "eu", True)
    changed = variables.patch_variable("region", value("region", "us"), update_mask=["value"])
    assert (changed.value, changed.description) == ("us", "where")
    assert variables.get_variable("region").value == "us"
    variables.post_variable(value("db_password", "s3cret"))
    listed = variables.get_variables(order_by=["-key"])
    assert [(one.key, one.value) for one in listed.variables] == [
        ("region", "us"),
        ("db_password", "***"),
    ]
    assert variables.get_variables(variable_key_pattern="reg").total_entries == 1
    with pytest.raises(ApiException) as again:
        variables.post_variable(value("region", "eu"))
    assert again.value.status == 409
    variables.delete_variable("region")
    with pytest.raises(ApiException) as gone:
        variables.get_variable("region")
    assert gone.value.status == 404


def test_the_official_client_changes_many_variables(variables):
    body = BulkBodyVariableBody.from_dict(
        {
            "actions": [
                {"action": "create", "entities": [{"key": "a", "value": 1}]},
                {"action": "delete", "entities": ["b"], "action_on_non_existence": "skip"},
                {"action": "update", "entities": [{"key": "c", "value": "2"}]},
            ]
        }
    )
    found = variables.bulk_variables(body)
    assert found.create.success == ["a"]
    assert (found.delete.success, found.update.errors[0]["status_code"]) == ([], 404)


def test_the_official_client_keeps_connections(connections):
    body = ConnectionBody(
        connection_id="db", conn_type="postgres", host="h", password="s3cret", schema="sales"
    )
    made = connections.post_connection(body)
    assert (made.password, made.var_schema) == ("***", "sales")
    assert connections.get_connection("db").host == "h"
    body = ConnectionBody(connection_id="db", conn_type="mysql", host="x")
    with pytest.raises(ApiException) as kept:  # its password does not move along unseen
        connections.patch_connection("db", body, update_mask=["host"])
    assert (kept.value.status, kept.value.data.detail[0].msg[:14]) == (422, "What is hidden")
    body.password = "s3cret"
    changed = connections.patch_connection("db", body, update_mask=["host", "password"])
    assert (changed.host, changed.conn_type) == ("x", "postgres")
    assert connections.get_connections(connection_id_pattern="d").total_entries == 1
    with pytest.raises(ApiException) as refused:
        connections.test_connection(body)
    assert refused.value.status == 403
    actions = [{"action": "delete", "entities": ["db"]}]
    found = connections.bulk_connections(BulkBodyConnectionBody.from_dict({"actions": actions}))
    assert found.delete.success == ["db"]


def test_the_official_client_adds_default_connections_and_asks_for_tests(connections, http):
    connections.create_default_connections()
    assert connections.get_connection("http_default").conn_type == "http"
    body = ConnectionTestRequestBody(connection_id="db", conn_type="http", commit_on_success=True)
    with pytest.raises(ApiException) as off:
        connections.enqueue_connection_test(body)
    assert off.value.status == 403
    with pytest.raises(ApiException) as unknown:
        connections.get_connection_test("no such token")
    assert unknown.value.status == 404
    assert http("GET", "api/v2/connections/enqueue-test")[0] == 422


def test_the_official_client_keeps_pools(pools):
    made = pools.post_pool(PoolBody(name="small", slots=3, include_deferred=True))
    assert (made.slots, made.open_slots, made.include_deferred) == (3, 3, True)
    changed = pools.patch_pool("small", PoolPatchBody(slots=-1), update_mask=["slots"])
    assert (changed.slots, changed.open_slots) == (-1, -1)
    assert pools.get_pools(order_by=["name"]).total_entries == 2
    assert pools.get_pool("small").slots == -1
    with pytest.raises(ApiException) as kept:
        pools.delete_pool("default_pool")
    assert kept.value.status == 409
    actions = [{"action": "delete", "entities": ["small"]}]
    found = pools.bulk_pools(BulkBodyPoolBody.from_dict({"actions": actions}))
    assert found.delete.success == ["small"]


def test_the_official_client_reads_the_settings(client, http):
    api = config_api.ConfigApi(client)
    sections = api.get_config().sections
    assert "database" in [one.name for one in sections]
    [section] = api.get_config_value("core", "keep_running").sections
    assert section.options[0].value.actual_instance == "False"
    status, text = http("GET", "api/v2/config?section=core", accept="text/plain")
    assert (status, text.splitlines()[0]) == (200, "[core]")
    assert_fits("/api/v2/config", "get", 200, http.get("api/v2/config"))


@pytest.mark.parametrize("kind", ["variables", "connections", "pools"])
def test_lists_and_errors_fit_the_contract(variables, connections, http, kind):
    variables.post_variable(value("region", "eu"))
    connections.post_connection(ConnectionBody(connection_id="db", conn_type="http"))
    assert_fits(f"/api/v2/{kind}", "get", 200, http.get(f"api/v2/{kind}"))
    one = {"variables": "variable_key", "connections": "connection_id"}.get(kind, "pool_name")
    status, body = http("GET", f"api/v2/{kind}/nowhere")
    assert status == 404
    assert_fits(f"/api/v2/{kind}/{{{one}}}", "get", 404, body)
    status, body = http("POST", f"api/v2/{kind}", {"colour": "red"})
    assert status == 422
    assert_fits(f"/api/v2/{kind}", "post", 422, body)
    status, body = http("POST", f"api/v2/{kind}", {"key": "k", "value": "1", "team_name": "x"})
    assert status == 422


def test_variables_come_as_a_json_file(variables, server):
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="action_on_existing_key"\r\n\r\nskip\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="v.json"\r\n\r\n'
        b'{"region": "eu", "limits": {"a": 1}}\r\n--x--\r\n'
    )
    assert upload(server, parts) == (
        200,
        {"created": ["region", "limits"], "changed": [], "kept": []},
    )
    assert upload(server, parts)[1]["kept"] == ["region", "limits"]
    status, body = upload(server, parts.replace(b"{", b"[", 1))
    assert (status, "not JSON" in body["detail"]) == (422, True)


def upload(server, data):
    request = urllib.request.Request(  # noqa: S310
        f"{server}/api/couture/variables/import",
        data,
        {"Authorization": f"token {TOKEN}", "Content-Type": "multipart/form-data; boundary=x"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_key_with_odd_characters_is_reached(variables, http):
    variables.post_variable(value("a/b c?ü", "1"))
    assert http.get("api/v2/variables/a%2Fb%20c%3F%C3%BC")["value"] == "1"
    variables.delete_variable("a/b c?ü")


def test_prometheus_gets_its_text_format(http):
    accept = (
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
    )
    status, text = http("GET", "api/couture/metrics", accept=accept)
    assert status == 200
    assert 'couture_pool_slots{pool="default_pool"} 128.0' in text.splitlines()
