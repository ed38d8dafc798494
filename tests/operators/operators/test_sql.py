"""SQL operators and hooks against a SQLite file."""

import sqlite3

import pytest

from couture_operators import DAG, EmptyOperator
from couture_operators.connection import Connection
from couture_operators.exceptions import DagDefinitionError
from couture_operators.hooks.sql import SqliteHook, hook_for, sqlalchemy_uri
from couture_operators.hooks.statements import split_statements
from couture_operators.operators.sql import (
    BranchSQLOperator,
    GenericTransfer,
    SQLExecuteQueryOperator,
    SqliteOperator,
)
from couture_operators.operators.sql_checks import (
    CheckOperator,
    SQLCheckOperator,
    SQLIntervalCheckOperator,
    SQLThresholdCheckOperator,
    SQLValueCheckOperator,
)
from couture_operators.operators.sql_tables import SQLColumnCheckOperator, SQLTableCheckOperator

HERE = {"conn_id": "sqlite_default"}


def make(kind, **kwargs):
    with DAG("d"):
        return kind(task_id="t", **kwargs)


def test_rows_of_the_last_statement_are_the_tasks_value(run, runtime, database):
    sql = "insert into t values (4, 'it''s; ok'); select a, b from t where a > 2 -- end;"
    task = make(SQLExecuteQueryOperator, sql=sql, split_statements=True, **HERE)
    assert run(task).state == "success"
    assert runtime.pushed[0]["json"] == '[[3, null], [4, "it\'s; ok"]]'
    assert database("select count(*) from t") == [(4,)]


def test_parameters_and_templates_reach_the_database(run, database):
    sql = "insert into t values (?, '{{ ds }}')"
    assert run(make(SqliteOperator, sql=sql, parameters=[9])).state == "success"
    assert database("select b from t where a = 9") == [("2024-01-02",)]


def test_a_failed_statement_takes_back_those_before_it_unless_autocommit(run, database):
    statements = ["insert into t values (7, 'x')", "insert into nowhere values (1)"]
    assert "no such table" in run(make(SqliteOperator, sql=statements)).reason
    assert database("select count(*) from t where a = 7") == [(0,)]
    run(make(SqliteOperator, sql=statements, autocommit=True))
    assert database("select count(*) from t where a = 7") == [(1,)]


def test_the_connection_of_the_older_operators_comes_from_default_args(run, runtime, database):
    runtime.connections["mine"] = runtime.connections.pop("sqlite_default")
    with DAG("d", default_args={"sqlite_conn_id": "mine"}):
        task = SqliteOperator(task_id="t", sql="select 1")
    assert run(task).state == "success"


def test_a_missing_driver_or_connection_says_so(run, runtime, database):
    runtime.connections["cloud"] = [{"conn_type": "snowflake", "host": "h"}]
    reason = run(make(SQLExecuteQueryOperator, sql="select 1", conn_id="cloud")).reason
    assert "snowflake" in reason
    assert "needs the argument 'conn_id'" in run(make(SQLExecuteQueryOperator, sql="x")).reason


@pytest.mark.parametrize(
    ("cell", "branch"),
    [("1", "b"), ("0", "a"), ("'yes'", "b"), ("'Off'", "a"), ("'perhaps'", None)],
)
def test_a_query_chooses_the_branch(run, database, cell, branch):
    with DAG("d"):
        task = BranchSQLOperator(
            task_id="t",
            sql=f"select {cell}",
            follow_task_ids_if_true="a",
            follow_task_ids_if_false=["b"],
            **HERE,
        )
        task >> [EmptyOperator(task_id="a"), EmptyOperator(task_id="b")]
    outcome = run(task)
    if branch is None:
        assert "neither true nor false" in outcome.reason
    else:
        assert outcome.skip_downstream == [branch]


@pytest.mark.parametrize(
    ("kind", "options", "state"),
    [
        (SQLCheckOperator, {"sql": "select 1, 'x'"}, "success"),
        (SQLCheckOperator, {"sql": "select 1, 0"}, "failed"),
        (CheckOperator, {"sql": "select a from t where a > 9"}, "failed"),
        (
            SQLValueCheckOperator,
            {"sql": "select 105", "pass_value": 100, "tolerance": 0.1},
            "success",
        ),
        (SQLValueCheckOperator, {"sql": "select 105", "pass_value": 100}, "failed"),
        (SQLValueCheckOperator, {"sql": "select 'x'", "pass_value": "x"}, "success"),
        (SQLValueCheckOperator, {"sql": "select 'x'", "pass_value": 3}, "failed"),
        (
            SQLThresholdCheckOperator,
            {"sql": "select 5", "min_threshold": "select 1", "max_threshold": 5},
            "success",
        ),
        (
            SQLThresholdCheckOperator,
            {"sql": "select 6", "min_threshold": 1, "max_threshold": 5},
            "failed",
        ),
    ],
)
def test_checks_pass_or_fail(run, database, kind, options, state):
    assert run(make(kind, **options, **HERE)).state == state


@pytest.mark.parametrize(("threshold", "state"), [(3, "success"), (1.5, "failed")])
def test_metrics_are_compared_with_those_of_days_before(run, runtime, database, threshold, state):
    with sqlite3.connect(runtime.connections["sqlite_default"][0]["host"]) as connection:
        connection.execute("create table sales (ds text, amount integer)")
        rows = [("2024-01-02", 20), ("2023-12-26", 10)]
        connection.executemany("insert into sales values (?, ?)", rows)
    connection.close()
    task = make(
        SQLIntervalCheckOperator,
        table="sales",
        metrics_thresholds={"sum(amount)": threshold},
        **HERE,
    )
    assert run(task).state == state


@pytest.mark.parametrize(
    ("checks", "failed"),
    [
        ({"a": {"min": {"geq_to": 1}, "max": {"less_than": 4}}}, None),
        ({"a": {"unique_check": {"equal_to": 0}, "distinct_check": {"equal_to": 3}}}, None),
        ({"b": {"null_check": {"equal_to": 0}}}, "b: null_check gave 1"),
        ({"b": {"null_check": {"equal_to": 0, "partition_clause": "a < 3"}}}, None),
        ({"a": {"max": {"equal_to": 2, "tolerance": 0.5}}}, None),
        ({"a": {"max": {"greater_than": 3}}}, "a: max gave 3"),
    ],
)
def test_columns_are_checked(run, database, checks, failed):
    outcome = run(make(SQLColumnCheckOperator, table="t", column_mapping=checks, **HERE))
    assert outcome.state == ("failed" if failed else "success")
    assert (failed or "") in outcome.reason


def test_a_wrong_column_check_is_refused_at_definition():
    with pytest.raises(DagDefinitionError, match="a.mean is no check"):
        make(SQLColumnCheckOperator, table="t", column_mapping={"a": {"mean": {"equal_to": 1}}})
    with pytest.raises(DagDefinitionError, match="a.min needs a bound"):
        make(SQLColumnCheckOperator, table="t", column_mapping={"a": {"min": {}}})


def test_statements_about_a_table_are_checked(run, database):
    checks = {
        "rows": {"check_statement": "count(*) = 3"},
        "positive": {"check_statement": "a > 0"},
        "small": {"check_statement": "a < 3"},
    }
    outcome = run(make(SQLTableCheckOperator, table="t", checks=checks, **HERE))
    assert outcome.reason == "Checks of table t failed: small."
    task = make(
        SQLTableCheckOperator, table="t", checks=checks | {"rows": {"check_statement": "1"}},
        partition_clause="a < 3", **HERE,
    )  # fmt: skip
    assert run(task).state == "success"


def test_rows_are_copied_between_two_connections(run, runtime, database, tmp_path):
    runtime.connections["there"] = [{"conn_type": "sqlite", "host": str(tmp_path / "there.db")}]
    task = make(
        GenericTransfer,
        sql="select a, b from t",
        destination_table="u",
        source_conn_id="sqlite_default",
        destination_conn_id="there",
        preoperator=["drop table if exists u", "create table u (a integer, b text)"],
        insert_args={"commit_every": 2},
    )
    assert run(task).state == "success"
    assert hook_for("there").get_records("select * from u order by a") == [
        (1, "x"),
        (2, "y"),
        (3, None),
    ]


def test_a_hook_answers_whether_its_database_does(runtime, database):
    hook = SqliteHook()
    assert hook.get_first("select b from t where a = ?", [2]) == ("y",)
    assert hook.test_connection()[0] is True
    runtime.connections["sqlite_default"][0]["host"] = "/nowhere/at/all.db"
    assert hook.test_connection()[0] is False


def test_the_uri_of_a_connection_keeps_odd_characters():
    conn = Connection("c", "postgres", login="me", password="p@ss/w", host="h", port=5, schema="db")
    assert sqlalchemy_uri(conn).endswith("://me:p%40ss%2Fw@h:5/db")
    other = Connection("c", "mysql", host="h", extra={"sqlalchemy_scheme": "mysql+mine"})
    assert sqlalchemy_uri(other, "x") == "mysql+mine://h/x"


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select 1; select 2;", ["select 1", "select 2"]),
        ("select ';' ; -- no; more", ["select ';'"]),
        ('select $$a;b$$; /* ; */ select "x;y"', ["select $$a;b$$", '/* ; */ select "x;y"']),
        ("select 'it''s;'", ["select 'it''s;'"]),
        (";;", []),
    ],
)
def test_texts_are_cut_into_statements(text, statements):
    assert split_statements(text) == statements
