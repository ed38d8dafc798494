"""A user server forwards with the visitor's login, and never with its owner's."""

import subprocess
import sys

import httpx
import pytest
from seeded import BAD, GOOD, LOG, SALES
from sqlalchemy import select
from tornado.web import RequestHandler

from couture_scheduler.db.tables import audit

DAGS = "api/v2/dags"
LOGS = f"{DAGS}/{SALES}/dagRuns/{GOOD}/taskInstances/extract/logs/1"
PAUSE = ("PATCH", f"{DAGS}/{SALES}", None, {"is_paused": True})


def audited(workflow):
    with workflow.db.read() as tx:
        return tx.rows(select(audit).order_by(audit.c.id))


@pytest.fixture
def visit(ask):
    """Calls the user server as a program with a token."""
    return lambda *args, **more: ask(*args, via="user_server", **more)


@pytest.fixture
def browse(ask, team):
    """Calls the user server as a page with vera's login cookie."""

    def browse(*args, headers=None, **more):
        given = {"Cookie": team.cookies("t-uma")[0], **(headers or {})}
        return ask(*args, via="user_server", headers=given, **more)

    return browse


def test_answers_are_those_of_the_service(ask, visit):
    for path in (f"{DAGS}?limit=1&offset=1&order_by=-dag_id", LOGS, "api/openapi.json", "nothing"):
        direct, forwarded = ask("GET", path, "t-vera"), visit("GET", path, "t-vera")
        assert forwarded.status_code == direct.status_code
        assert forwarded.content.replace(b"/user/owner", b"/services") == direct.content
        for name in ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options"):
            assert forwarded.headers[name] == direct.headers[name]


def test_other_forms_of_an_answer_pass(visit):
    answer = visit("GET", LOGS, "t-vera", headers={"Accept": "application/x-ndjson"})
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    assert len(answer.text.splitlines()) == len(LOG.splitlines())


def test_errors_and_what_is_allowed_pass(visit):
    answer = visit("PATCH", f"{DAGS}/{SALES}", "t-uma", {"is_paused": "what"})
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", "is_paused"])
    answer = visit("DELETE", DAGS, "t-uma")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_the_audit_names_the_visitor_and_the_browsers_address(visit, workflow):
    method, path, _, body = PAUSE
    answer = visit(method, path, "t-uma", body, headers={"X-Forwarded-For": "198.51.100.7"})
    assert answer.status_code == 200
    assert [(row.user, row.source_ip) for row in audited(workflow)] == [("uma", "198.51.100.7")]


def test_a_visitor_without_rights_gets_none_of_the_owners(visit, team, workflow):
    team.add_token("token of the owner's server", "ada")
    method, path, _, body = PAUSE
    assert visit(method, path, "t-nora", body).status_code == 404
    assert [(row.user, row.allowed) for row in audited(workflow)] == [("nora", False)]


def test_who_is_not_logged_in_is_not_forwarded(visit, team):
    team.add_token("token of the owner's server", "ada")
    for token in (None, "t-unknown"):
        assert visit("GET", DAGS, token).status_code == 403


def test_a_page_that_knows_the_xsrf_token_acts_for_who_is_logged_in(browse, team, workflow):
    headers = {"X-XSRFToken": team.cookies("t-uma")[1], "Sec-Fetch-Mode": "cors"}
    assert browse("GET", "api/couture/me", headers=headers).json()["name"] == "uma"
    method, path, _, body = PAUSE
    assert browse(method, path, None, body, headers=headers).status_code == 200
    assert [row.user for row in audited(workflow)] == ["uma"]


def test_another_page_of_this_origin_reads_nothing_with_the_cookie_alone(browse):
    headers = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    assert browse("GET", "api/couture/me", headers=headers).status_code == 403


def test_a_change_without_the_xsrf_token_is_refused_and_not_forwarded(browse, workflow):
    for method in ("POST", "PATCH", "DELETE", "PUT"):
        answer = browse(method, f"{DAGS}/{SALES}", None, {})
        assert answer.status_code == 403
    assert audited(workflow) == []


def test_another_sites_page_is_refused(browse, team, workflow):
    xsrf = team.cookies("t-uma")[1]
    headers = {"Origin": "http://evil.example", "X-XSRFToken": xsrf}
    assert browse("PATCH", f"{DAGS}/{SALES}", None, {}, headers=headers).status_code in (403, 404)
    assert audited(workflow) == []


def test_neither_cookies_nor_login_tokens_of_the_query_reach_the_service(visit, team, monkeypatch):
    seen = []
    prepare = RequestHandler.prepare

    def spy(self):
        if self.request.path.startswith("/services/"):
            seen.append((self.request.uri, self.request.headers))
        return prepare(self)

    monkeypatch.setattr(RequestHandler, "prepare", spy)
    path = f"{LOGS}?token=t-vera&_xsrf=1&%74oken=t-vera&token=offset-0&map_index=-1"
    assert visit("GET", path, "t-vera", headers={"Cookie": "a=b"}).status_code == 200
    [(uri, headers)] = seen
    assert uri.endswith("/logs/1?token=offset-0&map_index=-1")
    assert "Cookie" not in headers
    assert headers["Authorization"] == "token t-vera"


def test_a_continuation_token_is_not_taken_for_a_login(visit, browse):
    first = visit("GET", f"{LOGS}?token=offset-0", "t-vera")
    assert first.json()["content"][0]["event"] == "extracting"


@pytest.mark.parametrize(
    "path",
    [
        "api/../../../hub/api/user",
        "../../services/workflow/api/v2/dags",
        "api/%2e%2e/%2e%2e/x",
        "//evil.example/x",
        "api/v2/dags/..%2f..%2fx",
        "@evil.example/",
    ],
)
def test_no_path_leads_out_of_the_service(team, path):
    client = httpx.Client(headers={"Authorization": "token t-ada"})
    url = httpx.URL(team.user_server).copy_with(
        raw_path=f"/user/owner/workflow/{path}".encode(),
    )
    assert client.get(url).status_code == 404


def test_while_the_service_is_away_the_answer_is_a_quick_503(visit, team):
    team.end_service()
    answer = visit("GET", DAGS, "t-vera")
    assert (answer.status_code, "does not answer" in answer.json()["detail"]) == (503, True)
    assert answer.elapsed.total_seconds() < 2
    team.begin_service()
    assert visit("GET", DAGS, "t-vera").status_code == 200


def test_a_large_body_passes(visit):
    note = {"state": None, "note": "x" * 3_000_000}
    answer = visit("PATCH", f"{DAGS}/{SALES}/dagRuns/{BAD}", "t-uma", note)
    assert answer.status_code == 422  # read as a whole, and found too long


def test_a_user_server_loads_neither_the_services_nor_a_database():
    program = (
        "import sys, os; os.environ['COUTURE_SERVICE_URL'] = 'http://127.0.0.1:1/services/workflow/'\n"
        "from tornado.web import Application\n"
        "import couture_server\n"
        "class Server: web_app, root_dir = Application(base_url='/user/x/'), '/tmp'\n"
        "couture_server._load_jupyter_server_extension(Server)\n"
        "print(*sorted({one.split('.')[0] for one in sys.modules}\n"
        "      & {'sqlalchemy', 'alembic', 'pydantic', 'pendulum', 'cryptography'}))\n"
        "print('couture_scheduler.services' in sys.modules, 'couture_scheduler.db' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", "False"]
