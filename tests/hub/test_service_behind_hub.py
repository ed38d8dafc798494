"""The service through the real Hub: personal tokens, a person's own Lab as the proxy, the socket."""

import asyncio
import json

import pytest
from deployment import wait_until
from sqlalchemy import select
from team import PASSWORD
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import websocket_connect

from couture_scheduler.db.tables import audit

pytestmark = pytest.mark.processes

FILE = """
from datetime import datetime
from couture_operators import DAG, BashOperator

with DAG("shown", start_date=datetime(2026, 1, 1)):
    BashOperator(task_id="one", bash_command="true")
"""
SPOOFED = {"X-Forwarded-For": "6.6.6.6", "X-Real-Ip": "7.7.7.7"}


@pytest.fixture(scope="module")
def dag(team, admin):
    (team.home / "dags" / "shown.py").write_text(FILE)
    wait_until(lambda: team.call(admin, "GET", "v2/dags/shown")[0] == 200, 20, "the DAG is known")
    return "shown"


@pytest.fixture
def lab(team, add_person):
    """Somebody with the role User, logged in, in the own Lab: (browser, name, token)."""
    name = add_person("User")
    visitor = team.visitor()
    assert visitor.log_in(name, PASSWORD).status == 302
    visitor.open_lab(name)
    return visitor, name, visitor.make_token()


def audited(team, name):
    with team.workflow() as workflow, workflow.db.read() as tx:
        query = select(audit).where(audit.c.user == name, audit.c.event == "patch_dag")
        return tx.rows(query.order_by(audit.c.id))


def test_a_personal_token_works_at_the_hub_and_in_the_own_lab(team, dag, lab):
    visitor, name, token = lab
    body = json.dumps({"is_paused": False}).encode()
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    for claims in ({}, SPOOFED):
        for base in ("/services/workflow", f"/user/{name}/workflow"):
            path = f"{base}/api/v2/dags/{dag}"
            answer = visitor.ask(path, method="PATCH", data=body, headers={**headers, **claims})
            assert answer.status == 200, answer.text
    found = [row.source_ip for row in audited(team, name)]
    assert found[:2] == ["127.0.0.1", "127.0.0.1"]
    assert not set(SPOOFED.values()) & set(found[2:])


def test_lab_acts_with_its_login_cookie_and_xsrf_token(team, dag, lab):
    visitor, name, _ = lab
    path = f"/user/{name}/workflow/api/v2/dags/{dag}"
    body = json.dumps({"is_paused": True}).encode()
    xsrf = next(
        one.value
        for one in visitor.cookies
        if one.name == "_xsrf" and one.path.startswith(f"/user/{name}")
    )
    kind = {"Content-Type": "application/json"}
    refused = visitor.ask(path, method="PATCH", data=body, headers=kind)
    assert refused.status == 403
    answer = visitor.ask(path, method="PATCH", data=body, headers={**kind, "X-XSRFToken": xsrf})
    assert answer.status == 200, answer.text
    assert [row.user for row in audited(team, name)] == [name]


def test_the_cookie_of_the_hub_opens_nothing_at_the_service(team, dag, lab):
    visitor, _, _ = lab
    assert visitor.ask("/services/workflow/api/v2/dags").status == 403


def test_the_socket_works_through_both_proxies(team, dag, lab):
    _, name, token = lab

    async def run(base, headers):
        address = f"ws://127.0.0.1:{team.port}{base}/api/couture/live"
        connection = await websocket_connect(HTTPRequest(address, headers=headers))
        text = await asyncio.wait_for(connection.read_message(), 10)
        connection.close()
        return json.loads(text)["type"]

    for base in ("/services/workflow", f"/user/{name}/workflow"):
        good = {"Authorization": f"token {token}"}
        assert asyncio.run(run(base, good)) == "hello"
        with pytest.raises(HTTPClientError) as refused:
            asyncio.run(run(base, {}))
        assert refused.value.code == 403


def test_a_token_that_was_withdrawn_is_dead_within_the_cached_time(team, dag, lab):
    visitor, name, token = lab
    assert team.call(token, "GET", "v2/dags")[0] == 200
    page = visitor.follow(visitor.ask("/hub/token")).text
    xsrf = page.partition('xsrf_token: "')[2].partition('"')[0]
    listed = json.loads(
        visitor.ask(f"/hub/api/users/{name}/tokens", headers={"X-XSRFToken": xsrf}).body
    )
    mine = next(one for one in listed["api_tokens"] if one.get("note") == "test")
    visitor.ask(
        f"/hub/api/users/{name}/tokens/{mine['id']}",
        method="DELETE",
        headers={"X-XSRFToken": xsrf, "Content-Type": "application/json"},
    )
    wait_until(lambda: team.call(token, "GET", "v2/dags")[0] == 403, 25, "the token is dead")


def test_the_manuals_calls_at_the_root_need_a_token(team, admin):
    for path in ("/api/dags/", "/api/configs/", "/api/dependencies/"):
        assert team.visitor().ask(path).status == 403
        answer = team.visitor().ask(path, headers={"Authorization": f"token {admin}"})
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/gzip")
