"""The Hub's service: tokens alone, the account's rights at every call, the browser's address."""

import json
import logging
from types import SimpleNamespace
from urllib.parse import urlsplit

import httpx
import pytest
from seeded import SALES
from sqlalchemy import select
from tornado.web import Application

from couture_scheduler.db.tables import audit
from couture_scheduler.store import roles
from couture_server.hub_tokens import HubTokens
from couture_server.limits import LimitedServer
from couture_server.service_app import address_of, one_address_of

DAGS = "api/v2/dags"


def audited(workflow):
    with workflow.db.read() as tx:
        return tx.rows(select(audit).order_by(audit.c.id))


def test_a_token_acts_as_its_account(ask):
    assert ask("GET", DAGS, "t-vera").status_code == 200
    me = ask("GET", "api/couture/me", "t-vera").json()
    assert (me["name"], me["roles"], me["origin"]) == ("vera", ["Viewer"], "local")


def test_bearer_is_as_good_as_token(ask):
    answer = ask("GET", DAGS, headers={"Authorization": "Bearer t-vera"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({}, "Nobody is logged in"),
        ({"Authorization": "token nonsense"}, "unknown or has expired"),
        ({"Authorization": "Basic dmVyYTp2ZXJh"}, "unknown or has expired"),
        ({"Authorization": ""}, "unknown or has expired"),
        ({"Cookie": "jupyterhub-user-owner=t-vera; token=t-vera"}, "Nobody is logged in"),
    ],
)
def test_nothing_but_a_known_token_opens_it(ask, headers, says):
    answer = ask("GET", DAGS, headers=headers)
    assert answer.status_code == 403
    assert says in answer.json()["detail"]


def test_a_token_in_the_query_opens_nothing(ask):
    assert ask("GET", f"{DAGS}?token=t-vera").status_code == 403


def test_a_token_without_the_gate_scope_opens_nothing(ask, team):
    team.tokens["t-vera"]["scopes"] = ["access:servers", "access:services!service=other"]
    answer = ask("GET", DAGS, "t-vera")
    assert (answer.status_code, "lacks the scope" in answer.json()["detail"]) == (403, True)


def test_a_service_that_is_called_like_an_admin_is_not_the_admin(ask, team):
    team.add_token("t-service", "ada", kind="service")
    answer = ask("GET", DAGS, "t-service")
    assert (answer.status_code, "not of a person" in answer.json()["detail"]) == (403, True)


def test_somebody_whom_the_hub_knows_but_who_has_no_account_may_do_nothing(ask, team):
    team.add_token("t-stranger", "stranger")
    answer = ask("GET", DAGS, "t-stranger")
    assert (answer.status_code, "not active" in answer.json()["detail"]) == (403, True)


def test_an_account_without_a_role_reads_nothing(ask):
    assert ask("GET", DAGS, "t-nora").status_code == 403


def test_what_is_granted_to_the_public_needs_no_token(ask, workflow):
    menus, actions = ["DagModelView"], ["can_list"]
    with workflow.db.write() as tx:
        grants = [{"dag": None, "actions": actions, "menus": menus}]
        roles.set_grants(tx, roles.get_role(tx, "Public").id, grants)
    assert ask("GET", DAGS).status_code == 200
    assert ask("GET", "api/v2/eventLogs").status_code == 403
    assert ask("GET", DAGS, "t-unknown").status_code == 403
    assert ask("PATCH", f"{DAGS}/{SALES}", body={"is_paused": True}).status_code in (403, 404)


def test_a_tried_change_of_a_closed_account_is_recorded(ask, team, workflow):
    team.add_token("t-stranger", "stranger")
    headers = {"X-Forwarded-For": "203.0.113.9"}
    body = {"is_paused": True}
    answer = ask("PATCH", f"{DAGS}/{SALES}", "t-stranger", body, headers=headers)
    assert answer.status_code == 403
    [row] = audited(workflow)
    assert (row.user, row.allowed, row.dag_id) == ("stranger", False, SALES)
    assert (row.source_ip, row.event) == ("203.0.113.9", "patch_dag")


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (None, "127.0.0.1"),
        ("198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 127.0.0.1", "198.51.100.7"),
        ("6.6.6.6, 198.51.100.7, 127.0.0.1, ::ffff:127.0.0.1", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8::1, ::1", "2001:db8::1"),
        ("6.6.6.6, nonsense, 127.0.0.1", "127.0.0.1"),
        ("<script>", "127.0.0.1"),
    ],
)
def test_the_recorded_address_is_that_of_the_browser(ask, workflow, forwarded, expected):
    headers = {"X-Real-Ip": "7.7.7.7"}
    if forwarded is not None:
        headers["X-Forwarded-For"] = forwarded
    ask("PATCH", f"{DAGS}/{SALES}", "t-uma", {"is_paused": True}, headers=headers)
    assert [row.source_ip for row in audited(workflow)] == [expected]


def test_the_hub_is_asked_once_for_many_calls(ask, team):
    for _ in range(5):
        assert ask("GET", DAGS, "t-vera").status_code == 200
    assert team.asked == 1


def test_without_the_hub_the_answer_is_503_with_a_sentence(ask, team):
    team.hub_status = 502
    answer = ask("GET", DAGS, "t-vera")
    assert (answer.status_code, "Hub does not answer" in answer.json()["detail"]) == (503, True)
    team.hub_status = 200
    assert ask("GET", DAGS, "t-vera").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["contents", "kernels", "sessions", "terminals", "kernelspecs", "me", "status", "config/x"],
)
def test_of_jupyters_own_routes_there_is_none(ask, team, path):
    root = f"http://{urlsplit(team.service).netloc}"
    for address in (f"{root}/api/{path}", f"{root}/services/api/{path}"):
        headers = {"Authorization": "token t-ada"}
        assert httpx.get(address, headers=headers).status_code == 404
        assert httpx.get(address).status_code == 403


def test_answers_are_never_run_by_a_browser(ask):
    for path in (DAGS, "api/nothing", f"api/v2/dagSources/{SALES}"):
        headers = ask("GET", path, "t-vera").headers
        assert "sandbox" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Type"].startswith("application/json")


def test_logs_name_the_person_and_hold_no_token(ask, team, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "t-secret-1f2e"
    team.add_token(secret, "vera")
    path = f"{DAGS}/nowhere?token={secret}"
    ask("GET", path, secret)
    ask("PATCH", path, secret, {"is_paused": 1}, headers={"Referer": f"http://x/?token={secret}"})
    team.hub_status = 500
    ask("GET", path, secret + "x")
    team.stop()  # the line of a request is written after its answer was sent
    lines = [vars(one) for one in caplog.records if one.name == "couture_server.service_app"]
    assert {one["request"]["user"] for one in lines} == {"vera", None}
    own = [one for one in caplog.records if not one.name.startswith("http")]
    assert secret not in json.dumps([one.getMessage() for one in own])
    assert secret not in json.dumps([one["request"] for one in lines])


@pytest.mark.parametrize("url", ["http://0.0.0.0:8081/", "http://192.0.2.1:80/", "http://[::]:1/"])
def test_it_listens_on_this_machine_only(url):
    with pytest.raises(ValueError, match="this machine only"):
        address_of(url)


def test_for_a_hub_elsewhere_it_listens_at_one_address():
    assert one_address_of("192.0.2.1:8081") == ("192.0.2.1", 8081)
    assert one_address_of("[2001:db8::1]:8081") == ("2001:db8::1", 8081)


@pytest.mark.parametrize("listen", ["0.0.0.0:8081", "[::]:8081", "0:8081"])
def test_even_then_it_does_not_listen_at_every_address(listen):
    with pytest.raises(ValueError, match="every address of this machine"):
        one_address_of(listen)


@pytest.mark.parametrize("listen", ["8081", ":8081", "workflow"])
def test_where_it_listens_has_a_host_and_a_port(listen):
    with pytest.raises(ValueError, match="HOST:PORT"):
        one_address_of(listen)


def test_the_port_is_that_of_its_url():
    assert address_of("http://localhost:8077/services/workflow/") == ("127.0.0.1", 8077)


@pytest.mark.parametrize("token", [None, "t-unknown"])
def test_a_large_body_is_read_only_from_who_is_known(ask, token):
    def send(given, **body):
        try:
            return ask("PATCH", f"{DAGS}/{SALES}", given, **body).status_code
        except httpx.TransportError:  # the rest of what was sent is not read
            return 400

    large = b"x" * 200_000
    assert send(token, content=large) == 400
    assert send(token, content=iter([large, large])) == 400
    assert send("t-uma", content=large) == 422
    assert send("t-uma", content=iter([large, large])) == 422


@pytest.mark.parametrize(
    ("is_elsewhere", "counts_as"), [(False, "172.18.0.2"), (True, "127.0.0.1")]
)
def test_the_machine_of_a_hub_elsewhere_counts_as_this_one(is_elsewhere, counts_as):
    connection = SimpleNamespace(context=SimpleNamespace(remote_ip="172.18.0.2"))
    app = Application()
    server = LimitedServer(app, tokens=HubTokens("http://hub"), is_hub_elsewhere=is_elsewhere)
    server.start_request(object(), connection)
    assert connection.context.remote_ip == counts_as
