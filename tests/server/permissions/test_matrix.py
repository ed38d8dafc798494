"""Every route for every kind of person on own, other and absent objects, against verdicts.yaml."""

import json
import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest
from permission_matrix import NOBODIES, TABLE, Matrix, Row, rows, rules_of
from team_people import add_person, add_role
from two_dags import Thing

from couture_scheduler.db.tables import audit
from couture_scheduler.default_roles import VIEWER_ACTIONS
from couture_server.base import Discreet
from couture_server.handler import NothingHandler, OpenApiHandler, ServiceHandler
from couture_server.live_socket import LiveHandler
from couture_server.proxy import ProxyHandler
from couture_server.proxy_socket import LiveProxyHandler

ROWS = rows()
PEOPLE = list(TABLE["people"])
OBJECTS = ("own", "other", "absent")
NAMES = [row.name for row in ROWS]
READING = [row for row in ROWS if row.method == "GET"]


def sees(person: str, thing: Thing, matrix: Matrix) -> bool:
    kind = TABLE["people"][person]["sees"]
    if thing is matrix.things["absent"]:
        return False
    return kind == "all" or (kind == "own" and thing is matrix.things["own"])


def sees_all(person: str) -> bool:
    return TABLE["people"][person]["sees"] == "all"


def expected(person: str, row: Row, thing: Thing, matrix: Matrix) -> int:
    """Return the status of a cell."""
    may = person in row.may
    if row.of is None:
        return row.ok if may else 403
    if row.of == "notebook":  # it becomes a DAG, which the person may make or not
        return row.ok if may and (sees_all(person) or thing is matrix.things["own"]) else 403
    if row.of != "dag" and not may:
        return 403
    if sees(person, thing, matrix):
        return row.ok if may else 403
    return 404 if may or not sees_all(person) else 403


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_each_person_gets_the_verdict_of_the_table(matrix, row):
    wrong = []
    for person in PEOPLE:
        for kind in OBJECTS if row.of else ("own",):
            thing = matrix.things[kind]
            answer = matrix.ask(person, row, thing)
            wanted = expected(person, row, thing, matrix)
            if answer.status_code != wanted and not _is_new_file(row, kind, person, answer):
                wrong.append((person, kind, answer.status_code, wanted, answer.text[:200]))
    assert wrong == []


def _is_new_file(row: Row, kind: str, person: str, answer: httpx.Response) -> bool:
    """Say whether who may write files has written one that did not exist."""
    is_save = row.name == "POST api/couture/files" and kind == "absent"
    return is_save and person in row.may and answer.status_code == 200


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_what_may_not_be_seen_answers_as_what_does_not_exist(matrix, row):
    if row.of in (None, "notebook") or row.name == "POST api/couture/files":
        return
    other, absent = matrix.things["other"], matrix.things["absent"]
    for person in ("seller", "nobody", "public"):
        hidden, gone = (matrix.ask(person, row, one) for one in (other, absent))
        assert hidden.status_code == gone.status_code
        assert _without_names(hidden.text, other) == _without_names(gone.text, absent)
        assert hidden.headers.keys() == gone.headers.keys()


def _without_names(text: str, thing: Thing) -> str:
    names = [thing.dag_id, thing.name, *map(str, thing.numbers)]
    for value in sorted(names, key=len, reverse=True):  # a number may be a part of a token
        text = text.replace(value, "…")
    return text


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_who_is_nobody_here_is_refused(matrix, row):
    for person in NOBODIES:
        for kind in OBJECTS if row.of else ("own",):
            answer = matrix.ask(person, row, matrix.things[kind])
            assert answer.status_code == 403, (person, kind)
            assert answer.json()["detail"]


@pytest.mark.parametrize("row", READING, ids=[row.name for row in READING])
def test_no_answer_to_somebody_names_a_dag_that_is_not_theirs(matrix, row):
    path = row.path.replace("{dag_id}", "~").replace("{dag_run_id}", "~")
    for person in ("seller", "nobody", "public"):
        for one in (row, Row("GET", path.replace("{task_id}", "~"), *_rest(row))):
            answer = matrix.send(person, one, matrix.things["own"])
            assert "payroll" not in answer.text, (person, one.path)


def _rest(row: Row) -> tuple:
    return row.may, row.of, row.ok, row.query, row.body


LISTS = [
    "GET api/v2/dags",
    "GET api/v2/dagTags",
    "GET api/v2/dagStats",
    "GET api/v2/dags/~/dagRuns",
    "GET api/v2/dags/~/dagRuns/~/taskInstances",
    "GET api/v2/dags/~/dagRuns/manual__1/taskInstances",
    "GET api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries",
    "GET api/v2/importErrors",
    "GET api/v2/eventLogs",
    "GET api/v2/dags?dag_id_pattern=a",
    "GET api/v2/assets",
    "GET api/v2/assets/aliases",
    "GET api/v2/assets/events",
    "GET api/couture/callbacks",
    "GET api/couture/dags",
    "GET api/couture/schedules",
    "GET api/couture/audit-logs",
    "GET api/couture/audit-logs?search=a",
    "GET api/couture/audit-logs/export",
    "GET api/couture/files",
]  # what is packed is looked into by test_archives.py


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_searches_hold_what_may_be_read_one_by_one(matrix, name):
    row = Row(*name.split(" "), frozenset(), None, 200, "", None)
    detail = Row("GET", "api/v2/dags/{dag_id}", frozenset(), "dag", 200, "", None)
    for person in PEOPLE:
        listed = matrix.send(person, row, matrix.things["own"])
        for thing in (matrix.things["own"], matrix.things["other"]):
            is_read = matrix.send(person, detail, thing).status_code == 200
            if listed.status_code == 200:
                assert (thing.name in listed.text) == is_read, (person, thing.name)
            else:
                assert listed.status_code == 403, listed.text


def test_a_wildcard_changes_nothing(matrix):
    before = {name: found for name, found in matrix.dump().items() if name != "audit"}
    for row in ROWS:
        if row.mutates and "{dag_id}" in row.path:
            for run in ("manual__1", "~"):
                path = row.path.replace("{dag_id}", "~").replace("{dag_run_id}", run)
                one = Row(row.method, path, *_rest(row))
                for person in ("seller", "admin"):
                    answer = matrix.send(person, one, matrix.things["own"])
                    assert answer.status_code in (404, 422), (row.name, answer.text)
    assert {name: found for name, found in matrix.dump().items() if name != "audit"} == before
    matrix.put_back()


NARROW = {
    "GET api/v2/dags/~/dagRuns/~/taskInstances/~/xcomEntries": "can_xcom",
    "GET api/v2/dags/~/dagRuns/~/taskInstances": "can_task_instances",
    "GET api/v2/dags/~/dagRuns": "can_list",
    "GET api/v2/dags": "can_list",
    "GET api/v2/dagStats": "can_dag_stats",
    "GET api/v2/importErrors": "can_list",
    "GET api/v2/eventLogs": "can_list",
    "GET api/v2/assets": "can_list",
    "GET api/v2/assets/aliases": "can_list",
    "GET api/v2/assets/events": "can_list",
    "GET api/couture/callbacks": "can_list",
    "GET api/couture/dags": "can_list",
    "GET api/couture/audit-logs": "can_list",
    "GET api/couture/files": "can_code",
}


@pytest.mark.parametrize(("name", "action"), NARROW.items())
def test_a_list_holds_the_dags_on_which_its_own_permission_is_held(matrix, name, action):
    rest = VIEWER_ACTIONS - {action}
    add_role(matrix.workflow, "Narrow", (None, rest), ("sales*", frozenset({action})))
    add_person(matrix.workflow, "narrow", "Narrow")
    matrix.team.add_token("t-narrow", "narrow")
    row = Row(*name.split(" "), frozenset(), None, 200, "", None)
    answer = matrix.send("narrow", row, matrix.things["own"])
    assert answer.status_code == 200
    assert "sales" in answer.text
    assert "payroll" not in answer.text


@pytest.mark.parametrize("path", ["a" * 300 + ".py", "../x.py", ".hidden.py", "a/../../x.py"])
def test_no_path_of_a_file_leads_elsewhere(matrix, path):
    for method in ("GET", "DELETE"):
        name = "api/couture/files" + ("/content" if method == "GET" else "")
        row = Row(method, name, frozenset(), None, 200, f"path={path}", None)
        assert matrix.send("admin", row, matrix.things["own"]).status_code == 422


def test_a_count_says_nothing_of_dags_that_may_not_be_seen(matrix):
    row = Row("GET", "api/v2/dags/~/dagRuns", frozenset(), None, 200, "", None)
    counts = {
        person: matrix.send(person, row, matrix.things["own"]).json()["total_entries"]
        for person in ("admin", "seller")
    }
    assert counts["seller"] < counts["admin"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_changes_no_row(matrix, method):
    before = matrix.dump()
    for row in READING:
        for person in ("admin", "nobody"):
            one = Row(method, row.path, *_rest(row))
            matrix.send(person, one, matrix.things["own"])
    assert matrix.dump() == before


def test_each_try_to_change_something_leaves_one_row(matrix):
    for row in ROWS:
        if not row.mutates or row.path.endswith(("/parameters", "/preview", "/dry_run")):
            continue
        for person in ("admin", "nobody", "closed"):
            before = len(matrix.dump()["audit"])
            answer = matrix.send(person, row, matrix.things["own"])
            found = matrix.dump()["audit"]
            assert len(found) == before + 1, (row.name, person, answer.text)
            matrix.put_back()


#: what is about more than one DAG, about a file, or about a DAG that is only being made
ABOUT_NO_DAG = {
    "POST api/v2/assets/events",
    "DELETE api/v2/assets/{asset_id:int}/queuedEvents",
    "POST api/couture/files",
    "PATCH api/couture/files",
    "DELETE api/couture/files",
}


def test_a_change_of_something_of_a_dag_is_in_the_audit_log_of_that_dag(matrix):
    wrong = []
    for row in ROWS:
        if not row.mutates or row.of is None or row.name in ABOUT_NO_DAG:
            continue
        before = len(matrix.dump()["audit"])
        answer = matrix.send("admin", row, matrix.things["own"])
        rows = _audit_rows(matrix)[before:]
        if not all("sales" in (one.dag_id or "") for one in rows):
            wrong.append((row.name, answer.status_code, rows))
        matrix.put_back()
    assert wrong == []


def _audit_rows(matrix: Matrix) -> list:
    with matrix.workflow.db.read() as tx:
        return tx.rows(audit.select().order_by(audit.c.id))


TRAVERSALS = [
    "..",
    "%2e%2e",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2fetc%2fpasswd",
    "..%5c",
    "a%00b",
    "%ff",
]


@pytest.mark.parametrize("row", [row for row in ROWS if "{" in row.path], ids=lambda row: row.name)
def test_no_id_leads_to_a_file(matrix, row):
    service = urlsplit(matrix.team.service)
    connection = HTTPConnection(service.hostname, service.port, timeout=20)
    headers = {"Authorization": "token t-admin"}
    for found in re.findall(r"\{\w+(?::int)?\}", row.path):
        for bad in TRAVERSALS:
            path = matrix.things["own"].fill(row.path.replace(found, "BAD")).replace("BAD", bad)
            connection.request(row.method, f"{service.path}/{path}", json.dumps(row.body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status in (400, 404, 405, 409, 422), (path, text)
            assert "root:" not in text
    connection.close()


def live_routes(application) -> set[str]:
    """Return every route of an application, as its rules say."""
    found = set()
    for rule in rules_of(application.default_router):
        path = rule.matcher.regex.pattern.rstrip("$").partition("/workflow/")[2]
        handler, arguments = rule.target, rule.target_kwargs
        if issubclass(handler, ServiceHandler):
            found |= {f"{method} {route.path}" for method, route in arguments["routes"].items()}
        elif issubclass(handler, OpenApiHandler):
            found.add(f"GET {path}".replace("\\", ""))
        elif issubclass(handler, LiveHandler | LiveProxyHandler):
            found.add(f"WS {path}")
        else:
            assert issubclass(handler, NothingHandler | ProxyHandler), handler
            found.add(f"ANY {path}")
    return found


def test_the_table_has_a_row_for_every_route_of_the_service(matrix):
    application = matrix.team.service_app
    assert live_routes(application) == set(NAMES) | set(TABLE["beside"])
    assert application.settings["default_handler_class"] is NothingHandler
    assert "static_path" not in application.settings


def test_the_table_has_a_row_for_every_route_of_a_user_server(matrix):
    assert live_routes(matrix.team.user_app) == set(TABLE["user_server"])


def test_every_handler_logs_discreetly(matrix):
    for application in (matrix.team.service_app, matrix.team.user_app):
        for rule in rules_of(application.default_router):
            assert issubclass(rule.target, Discreet)


def test_what_is_beside_the_routes_needs_an_account(matrix):
    for person in [*NOBODIES, *PEOPLE]:
        for path in ("api/nothing", "api/couture/live", "api/v2/dags/a/b/c/d"):
            row = Row("GET", path, frozenset(), None, 200, "", None)
            answer = matrix.send(person, row, matrix.things["own"])
            assert (
                answer.status_code == 403
                if person in NOBODIES
                else answer.status_code in (400, 404)
            )


def test_mutating_calls_of_a_page_without_its_xsrf_token_are_refused(matrix):
    cookies, xsrf = matrix.team.cookies("t-admin")
    before = matrix.dump()
    for row in ROWS:
        if row.mutates:
            for headers in (
                {},
                {"X-XSRFToken": "wrong"},
                {"X-XSRFToken": xsrf, "Origin": "http://x"},
            ):
                given = {"Cookie": cookies, **headers}
                answer = matrix.send(
                    "none", row, matrix.things["own"], "user_server", headers=given
                )
                assert answer.status_code in (403, 404), row.name
                assert "DAG" not in answer.text
    assert json.dumps(matrix.dump(), default=str) == json.dumps(before, default=str)
