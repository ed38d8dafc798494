"""Every route has a permission; a Viewer reads and changes nothing; all changes are audited."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from seeded import BAD, GOOD, SALES, seed
from tornado.httpclient import HTTPClientError

from couture_scheduler import default_roles as roles
from couture_scheduler.db.tables import audit
from couture_scheduler.services.actor import LOGGED_IN, Actor
from couture_server import identity
from couture_server.routes import ROUTES
from couture_server.routing import Route, RouteError

pytest_plugins = ["pytest_jupyter.jupyter_server"]

DAY = "2026-11-01T00:00:00Z"
ADMIN_ONLY = {"UserModelView", "RoleModelView", "LdapConfigurationView"}
MUTATING = {
    ("PATCH", f"api/v2/dags/{SALES}"): {"is_paused": True},
    ("DELETE", f"api/v2/dags/{SALES}"): None,
    ("POST", f"api/v2/dags/{SALES}/dagRuns"): {},
    ("PATCH", f"api/v2/dags/{SALES}/dagRuns/{GOOD}"): {"state": "failed"},
    ("POST", f"api/v2/dags/{SALES}/dagRuns/{BAD}/clear"): {"dry_run": False},
    ("POST", f"api/v2/dags/{SALES}/clearTaskInstances"): {"dry_run": False},
    ("PATCH", f"api/v2/dags/{SALES}/dagRuns/{GOOD}/taskInstances/load"): {"new_state": "failed"},
    ("PATCH", f"api/v2/dags/{SALES}/dagRuns/{GOOD}/taskInstances/load/0"): {"new_state": "failed"},
    ("POST", "api/couture/schedules"): {"path": "a.ipynb", "notebook": {}, "when": "once"},
    ("POST", f"api/couture/schedules/{SALES}/renew"): {"notebook": {}},
    ("POST", "api/couture/files"): {"path": "x.py", "content": ""},
    ("PATCH", "api/couture/files"): {"path": "x.py", "new_path": "y.py"},
    ("DELETE", "api/couture/files?path=x.py"): None,
    ("POST", "api/couture/accounts"): {"name": "eve", "password": "correct horse"},
    ("PATCH", "api/couture/accounts/ada"): {"roles": ["Admin"]},
    ("DELETE", "api/couture/accounts/ada"): None,
    ("POST", "api/couture/accounts/ada/password"): {"new_password": "correct horse"},
    ("POST", "api/couture/roles"): {"name": "All"},
    ("PATCH", "api/couture/roles/Viewer"): {"ldap_groups": ["cn=all"]},
    ("DELETE", "api/couture/roles/Viewer"): None,
    ("PATCH", "api/couture/ldap/configuration"): {"values": {}},
    ("POST", "api/couture/ldap/test"): {"values": {}, "username": None, "password": None},
    ("POST", "api/v2/variables"): {"key": "new", "value": "1"},
    ("PATCH", "api/v2/variables"): {"actions": []},
    ("PATCH", "api/v2/variables/region"): {"key": "region", "value": "us"},
    ("DELETE", "api/v2/variables/region"): None,
    ("POST", "api/couture/variables/import"): {"variables": {"new": 1}},
    ("POST", "api/couture/variables/export"): {},
    ("POST", "api/couture/variables/region/reveal"): {},
    ("POST", "api/v2/connections"): {"connection_id": "new", "conn_type": "http"},
    ("PATCH", "api/v2/connections"): {"actions": []},
    ("POST", "api/v2/connections/test"): {"connection_id": "db", "conn_type": "http"},
    ("POST", "api/v2/connections/enqueue-test"): {"connection_id": "db", "conn_type": "http"},
    ("POST", "api/v2/connections/defaults"): {},
    ("PATCH", "api/v2/connections/db"): {"connection_id": "db", "conn_type": "http"},
    ("DELETE", "api/v2/connections/db"): None,
    ("POST", "api/couture/connections"): {"connection_id": "new", "conn_type": "http"},
    ("POST", "api/couture/connections/import"): {"connections": {}},
    ("POST", "api/couture/connections/export"): {},
    ("PATCH", "api/couture/connections/1"): {"connection_id": "db", "conn_type": "http"},
    ("DELETE", "api/couture/connections/1"): None,
    ("POST", "api/couture/connections/1/test"): {},
    ("POST", "api/v2/pools"): {"name": "new", "slots": 1},
    ("PATCH", "api/v2/pools"): {"actions": []},
    ("PATCH", "api/v2/pools/default_pool"): {"slots": 1},
    ("DELETE", "api/v2/pools/default_pool"): None,
    ("POST", "api/v2/backfills"): {"dag_id": SALES, "from_date": DAY, "to_date": DAY},
    ("PUT", "api/v2/backfills/1/pause"): {},
    ("PUT", "api/v2/backfills/1/unpause"): {},
    ("PUT", "api/v2/backfills/1/cancel"): {},
    ("POST", "api/v2/assets/events"): {"asset_id": 1},
    ("POST", "api/v2/assets/1/materialize"): {},
    ("DELETE", "api/v2/assets/1/queuedEvents"): None,
    ("DELETE", f"api/v2/dags/{SALES}/assets/queuedEvents"): None,
    ("DELETE", f"api/v2/dags/{SALES}/assets/1/queuedEvents"): None,
    ("PATCH", "api/couture/slaMisses/1"): {"note": "late"},
}


@pytest.fixture
def jp_server_config():
    return {"ServerApp": {"jpserver_extensions": {"couture_server": True}}}


@pytest.fixture
def jp_environ(jp_environ, home, monkeypatch):
    """Let the extension find the deployment of this test."""
    monkeypatch.setenv("COUTURE_HOME", str(home))
    monkeypatch.setenv("COUTURE_NO_SUPERVISOR", "1")


@pytest.fixture
def world(home):
    world = seed(home)
    yield world
    world.db.close()


@pytest.fixture
def acting_as(monkeypatch):
    def act(role: str, dag: str | None = None) -> None:
        held = tuple(replace(one, dag=dag) for one in roles.ROLES[role])
        actor = Actor("vera", "10.1.2.3", held)
        monkeypatch.setattr(identity, "actor_of", lambda _: actor)

    return act


@pytest.fixture
def ask(jp_fetch):
    async def ask(method: str, path: str, body=None):
        data = None if body is None else json.dumps(body)
        path, _, query = path.partition("?")
        params = dict(parse_qsl(query))
        parts = ["workflow", *path.split("/")]
        try:
            answer = await jp_fetch(*parts, method=method, body=data, params=params)
        except HTTPClientError as error:
            return error.code, json.loads(error.response.body)
        return answer.code, json.loads(answer.body)

    return ask


def audited(world) -> list:
    with world.db.read() as tx:
        return tx.rows(audit.select().order_by(audit.c.id))


def test_every_route_declares_a_permission_that_some_role_holds():
    for route in ROUTES:
        service = route.service
        held = [
            role
            for role, rights in roles.ROLES.items()
            if any(one.allows(service.action, service.resource) for one in rights)
        ]
        if service.resource in ADMIN_ONLY:
            assert held == ["Admin"], (route.path, held)
        elif service.action != LOGGED_IN:
            assert len(held) > 1, (route.path, service.action)
        assert ("{dag_id}" in route.path) == (service.dag == "dag_id"), route.path


def test_a_route_without_permission_does_not_start():
    with pytest.raises(RouteError, match="declares no permission"):
        Route("GET", "api/free", lambda: None, "Free for all")


def test_the_table_of_this_test_knows_every_route_that_changes_something():
    changing = [
        route for route in ROUTES if route.service.mutates and route.service.action != LOGGED_IN
    ]
    assert len(changing) == len(MUTATING)


async def test_a_viewer_changes_nothing_and_every_try_is_audited(world, acting_as, ask):
    acting_as("Viewer")
    for (method, path), body in MUTATING.items():
        status, answer = await ask(method, path, body)
        assert (status, "lacks the permission" in answer["detail"]) == (403, True), path
    rows = audited(world)
    assert [row.allowed for row in rows] == [False] * len(MUTATING)
    assert {(row.user, row.source_ip) for row in rows} == {("vera", "10.1.2.3")}


async def test_a_viewer_reads(world, acting_as, ask):
    acting_as("Viewer")
    assert (await ask("GET", f"api/couture/dags/{SALES}"))[0] == 200
    assert "can_trigger" not in (await ask("GET", "api/couture/status"))[1]["rights"]


async def test_without_a_role_nothing_is_readable(world, acting_as, ask):
    acting_as("Public")
    assert (await ask("GET", "api/couture/dags"))[0] == 403


async def test_a_hidden_dag_answers_like_an_absent_one(world, acting_as, ask):
    acting_as("User", dag="chain")
    hidden = await ask("GET", f"api/v2/dags/{SALES}/dagRuns")
    absent = await ask("GET", "api/v2/dags/nowhere/dagRuns")
    assert hidden[0] == absent[0] == 404
    assert hidden[1]["detail"].replace(SALES, "nowhere") == absent[1]["detail"]
    listed = (await ask("GET", "api/v2/dags"))[1]
    assert [dag["dag_id"] for dag in listed["dags"]] == ["chain"]
    assert (await ask("POST", f"api/v2/dags/{SALES}/dagRuns", {}))[0] == 404


async def test_what_is_allowed_leaves_one_row_with_before_and_after(world, acting_as, ask):
    acting_as("User")
    assert (await ask("PATCH", f"api/v2/dags/{SALES}", {"is_paused": True}))[0] == 200
    [row] = audited(world)
    assert (row.event, row.allowed, row.dag_id, row.user) == ("patch_dag", True, SALES, "vera")
    assert row.extra["before"] == {"is_paused": False}
    assert row.extra["after"] == {"is_paused": True}


async def test_what_fails_leaves_one_row_with_the_reason(world, acting_as, ask):
    acting_as("User")
    status, _ = await ask("POST", f"api/v2/dags/{SALES}/dagRuns", {"dag_run_id": "../up"})
    assert status == 422
    [row] = audited(world)
    assert "folder" in row.extra["error"]


async def test_input_that_cannot_be_read_is_audited_too(world, acting_as, ask):
    acting_as("User")
    assert (await ask("POST", f"api/v2/dags/{SALES}/dagRuns", {"what": 1}))[0] == 422
    acting_as("Viewer")
    assert (await ask("POST", f"api/v2/dags/{SALES}/dagRuns", {"what": 1}))[0] == 403
    assert [row.allowed for row in audited(world)] == [True, False]


async def test_a_dry_run_needs_the_permission_and_leaves_no_row(world, acting_as, ask):
    acting_as("User")
    body = {"dag_run_id": BAD, "dry_run": True}
    status, answer = await ask("POST", f"api/v2/dags/{SALES}/clearTaskInstances", body)
    assert (status, answer["total_entries"]) == (200, 2)
    assert audited(world) == []


async def test_reading_needs_a_login(world, jp_serverapp, http_server_client):
    with pytest.raises(HTTPClientError) as refused:
        await http_server_client.fetch(f"{jp_serverapp.base_url}workflow/api/v2/dags")
    assert refused.value.code == 403
