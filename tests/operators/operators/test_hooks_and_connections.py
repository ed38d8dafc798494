"""Hooks by the type of a connection, and what connections and hooks are asked."""

import json
from types import SimpleNamespace

import pytest
import tenacity
from airflow.hooks.base_hook import CONN_ENV_PREFIX, BaseHook

from couture_operators.connection import Connection
from couture_operators.exceptions import AirflowException
from couture_operators.hooks.filesystem import FSHook
from couture_operators.hooks.http import HttpHook
from couture_operators.hooks.sql import DbApiHook, MySqlHook, PostgresHook, SqliteHook


@pytest.mark.parametrize(
    ("kind", "hook"),
    [
        ("sqlite", SqliteHook),
        ("postgres", PostgresHook),
        ("mysql", MySqlHook),
        ("trino", DbApiHook),
        ("http", HttpHook),
        ("fs", FSHook),
    ],
)
def test_the_type_of_a_connection_says_its_hook(runtime, kind, hook):
    runtime.connections["c"] = [{"conn_type": kind}]
    found = BaseHook.get_hook("c")
    assert type(found) is hook
    assert type(BaseHook.get_connection("c").get_hook()) is hook


def test_a_type_without_a_hook_is_named(runtime):
    runtime.connections["c"] = [{"conn_type": "ssh"}]
    with pytest.raises(AirflowException, match="no hook for connections of the type 'ssh'"):
        BaseHook.get_hook("c")
    assert Connection("c", "ssh").test_connection()[0] is False


def test_a_hook_made_for_a_connection_reaches_it(database):
    hook = BaseHook.get_hook("sqlite_default")
    assert hook.get_first("select count(*) from t") == (3,)
    assert Connection.get_connection_from_secrets("sqlite_default").test_connection()[0] is True
    assert hook.sqlalchemy_url.drivername == "sqlite"


def test_a_connection_is_written_as_json_and_read_again():
    first = Connection("c", "http", host="h", port=8, password="p", extra={"a": 1})
    fields = json.loads(first.as_json())
    assert fields == {
        "conn_type": "http",
        "host": "h",
        "port": 8,
        "password": "p",
        "extra": {"a": 1},
    }
    second = Connection.from_json(first.as_json(), conn_id="d")
    assert (second.conn_id, second.port, second.extra_dejson) == ("d", 8, {"a": 1})
    assert first.to_dict()["login"] is None
    with pytest.raises(ValueError, match="no field 'colour'"):
        Connection.from_json('{"colour": 1}')
    assert CONN_ENV_PREFIX == "AIRFLOW_CONN_"


def test_autocommit_is_set_as_the_driver_takes_it():
    plain = SimpleNamespace(autocommit=False)
    hook = PostgresHook()
    hook.set_autocommit(plain, True)
    assert plain.autocommit is hook.get_autocommit(plain) is True
    calls = []
    mysql = SimpleNamespace(autocommit=calls.append, get_autocommit=lambda: bool(calls))
    MySqlHook().set_autocommit(mysql, True)
    assert calls == [True]
    assert MySqlHook().get_autocommit(mysql) is True
    assert SqliteHook().get_autocommit(plain) is False


def test_texts_of_several_statements_are_split():
    assert DbApiHook.split_sql_string("select 1; select 2;") == ["select 1", "select 2"]
    assert DbApiHook.strip_sql_string("select 1; ") == "select 1"


@pytest.mark.parametrize("name", ["bulk_load", "bulk_dump"])
def test_files_are_not_loaded_in_bulk(name):
    with pytest.raises(NotImplementedError, match="another command in every database"):
        getattr(DbApiHook(), name)("t", "file")


def test_a_request_is_made_again_as_tenacity_says(server):
    server.answers["/busy"] = (503, {})
    hook = HttpHook(method="GET")
    retry = {"stop": tenacity.stop_after_attempt(3), "reraise": True}
    with pytest.raises(AirflowException, match="503"):
        hook.run_with_advanced_retry(retry, "/busy")
    assert len(server.seen) == 3
    assert hook.run_with_advanced_retry(retry, "/fine").status_code == 200
    assert hook.test_connection() == (True, "The server answers.")
