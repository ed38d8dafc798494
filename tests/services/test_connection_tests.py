"""Tests of connections that are asked for now and looked at later."""

from dataclasses import replace
from threading import Event

import pytest
from deployment import wait_until
from migrated import open_database

from couture_scheduler.errors import Conflict, Forbidden, Invalid, NotFound
from couture_scheduler.schemas.connections import (
    ConnectionBody,
    ConnectionTestRequestBody,
    ConnectionTestResponse,
)
from couture_scheduler.services import connection_tests, connection_trial
from couture_scheduler.services.connections import get_connection, post_connection
from couture_scheduler.services.default_connections import DEFAULTS, create_default_connections


@pytest.fixture
def db(clock, settings):
    """A database in a file: tests store from a thread of their own."""
    database = open_database(settings)
    database.clock = clock
    yield database
    database.close()


@pytest.fixture
def answers(workflow, monkeypatch):
    """Tests are on; what the other system answers, and what it was asked with."""
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


def test_what_cannot_be_stored_failed_with_the_reason(call, answers):
    actor = replace(call().actor, rights=_only_edit(call().actor.rights))
    token = enqueue(lambda: replace(call(), actor=actor), connection_id="x", commit_on_success=True)
    found = end_of(call, token)
    assert found.state == "failed"
    assert "can_add" in str(found.result_message)


def _only_edit(rights):
    return tuple(replace(one, actions=frozenset({"can_edit"})) for one in rights)


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
