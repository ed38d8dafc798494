"""Tests of connections that are asked for now and looked at later."""

from dataclasses import replace
from threading import Event

import pytest
from deployment import wait_until
from migrated import open_database
from team_people import add_person, set_active, set_roles

from couture_scheduler.errors import Conflict, Forbidden, Invalid, NotFound
from couture_scheduler.schemas.connections import (
    ConnectionBody,
    ConnectionTestRequestBody,
    ConnectionTestResponse,
)
from couture_scheduler.services import connection_tests, connection_trial
from couture_scheduler.services.connections import get_connection, post_connection
from couture_scheduler.services.default_connections import DEFAULTS, create_default_connections
from couture_scheduler.services.login import prepare_accounts


@pytest.fixture
def db(clock, settings):
    """A database in a file: tests store from a thread of their own."""
    database = open_database(settings)
    database.clock = clock
    yield database
    database.close()


@pytest.fixture
def answers(workflow, monkeypatch):
    """Tests are on, ada has an account; what the other system answers, and is asked with."""
    prepare_accounts(workflow)
    add_person(workflow, "ada", "Admin")
    workflow.settings.test_connections = True
    monkeypatch.setattr(connection_tests, "_tests", {})
    found = {"status": True, "asked": [], "go": Event()}
    found["go"].set()

    def try_it(fields):
        found["asked"].append(fields)
        assert found["go"].wait(10)
        return ConnectionTestResponse(status=found["status"], message="as told")

    monkeypatch.setattr(connection_trial, "try_it", try_it)
    return found


def enqueue(call, **fields):
    given = {"connection_id": "db", "conn_type": "http", "host": "h", **fields}
    body = ConnectionTestRequestBody(**given)
    return connection_tests.enqueue_connection_test(call(), body=body).token


def end_of(call, token):
    def is_over():
        found = connection_tests.get_connection_test(call(), token=token)
        return found if found.state in ("success", "failed") else None

    return wait_until(is_over, what="the test is over")


def test_a_connection_is_tested_and_looked_at_by_token(call, answers):
    found = end_of(call, enqueue(call))
    assert (found.state, found.result_message) == ("success", "as told")
    answers["status"] = False
    assert end_of(call, enqueue(call)).state == "failed"
    with pytest.raises(NotFound):
        get_connection(call(), connection_id="db")


def test_what_answers_is_stored_if_that_is_wanted(call, answers):
    end_of(call, enqueue(call, commit_on_success=True, password="s3cret"))
    assert get_connection(call(), connection_id="db").host == "h"
    end_of(call, enqueue(call, commit_on_success=True, password="***", description="new"))
    assert get_connection(call(), connection_id="db").description == "new"
    assert [one["password"] for one in answers["asked"]] == ["s3cret", "s3cret"]
    answers["status"] = False
    end_of(call, enqueue(call, commit_on_success=True, host="elsewhere"))
    assert get_connection(call(), connection_id="db").host == "h"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda workflow: set_roles(workflow, "ada", "Viewer"), "can_add"),
        (lambda workflow: set_active(workflow, "ada", False), "not active any more"),
    ],
)
def test_what_is_stored_is_stored_under_the_rights_that_hold_then(
    workflow, call, answers, change, said
):
    answers["go"].clear()
    token = enqueue(call, connection_id="x", commit_on_success=True)
    change(workflow)
    answers["go"].set()
    found = end_of(call, token)
    assert found.state == "failed"
    assert said in str(found.result_message)
    with pytest.raises(NotFound):
        get_connection(call(), connection_id="x")


def test_where_there_are_no_accounts_the_one_person_stores(call, answers):
    def alone():
        return replace(call(), actor=replace(call().actor, user="me", is_alone=True))

    end_of(alone, enqueue(alone, commit_on_success=True))
    assert get_connection(call(), connection_id="db").host == "h"


def test_one_connection_is_tested_once_at_a_time(call, answers):
    answers["go"].clear()
    token = enqueue(call)
    try:
        with pytest.raises(Conflict, match="is being tested already"):
            enqueue(call)
    finally:
        answers["go"].set()
    end_of(call, token)


def test_a_test_is_seen_by_who_asked_for_it_alone(call, answers):
    token = enqueue(call)
    end_of(call, token)
    other = replace(call(), actor=replace(call().actor, user="bob"))
    with pytest.raises(NotFound):
        connection_tests.get_connection_test(other, token=token)
    with pytest.raises(NotFound):
        connection_tests.get_connection_test(call(), token="no such")
    with pytest.raises(Invalid, match="Airflow-Connection-Test-Token"):
        connection_tests.get_connection_test(call())


def test_tests_that_are_off_are_not_asked_for(workflow, call):
    with pytest.raises(Forbidden, match="test_connections"):
        enqueue(call)


def test_default_connections_are_added_where_they_are_missing(world, call):
    mine = ConnectionBody(connection_id="http_default", conn_type="http", host="mine")
    post_connection(call(), body=mine)
    for _ in range(2):
        create_default_connections(call())
    assert get_connection(call(), connection_id="http_default").host == "mine"
    for one in DEFAULTS:
        found = get_connection(call(), connection_id=one.connection_id)
        assert found.conn_type == one.conn_type
