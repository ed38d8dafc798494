import datetime as dt
import json

import pytest

from couture_operators import (
    DAG,
    BaseHook,
    BranchPythonOperator,
    Connection,
    CoutureJupyterOperator,
    EmptyOperator,
    ShortCircuitOperator,
    Variable,
)
from couture_operators.exceptions import AirflowNotFoundException
from couture_operators.runtime import NotebookSpec, set_runtime
from couture_operators.taskinstance import TaskInstance
from couture_operators.xcom import decode, encode


@pytest.fixture
def ti(runtime, info):
    with DAG("d"):
        task = EmptyOperator(task_id="me")
    return TaskInstance.of(task, info("me"), runtime)


@pytest.mark.parametrize(
    "value", [None, True, 3, 2.5, "é", [1, {"a": None}], {"x": {"y": []}}, 10**30, ""]
)
def test_what_json_gives_back_unchanged_is_stored_as_json(value):
    assert set(encode(value)) == {"json"}
    assert decode(encode(value)) == value


@pytest.mark.parametrize(
    "value", [(1, 2), {1}, {1: 2}, [(1,)], float("inf"), b"x", dt.date(2024, 1, 1), "\ud800"]
)
def test_other_values_are_pickled_with_a_text(value):
    payload = encode(value)
    assert set(payload) == {"pickle", "text"}
    assert payload["text"] == repr(value)
    assert decode(payload) == value
    assert type(decode(payload)) is type(value)


def test_the_text_of_a_pickled_value_is_bounded():
    assert len(encode(("x" * 5000,))["text"]) == 2000


def test_pulling(ti, runtime):
    for task_id, key, value in (
        ("a", "return_value", 1),
        ("b", "return_value", (2,)),
        ("a", "k", "manual"),
        ("a", "return_value", 3),
    ):
        runtime.task_id = task_id
        ti.xcom_push(key, value)
    assert ti.xcom_pull("a") == 3
    assert ti.xcom_pull(task_ids="a", key="k") == "manual"
    assert ti.xcom_pull(task_ids="a", key=None) == 3
    assert ti.xcom_pull(["b", "missing", "a"]) == [(2,), None, 3]
    assert ti.xcom_pull() == 3
    assert ti.xcom_pull("missing", default="none") == "none"
    assert ti.xcom_pull([]) == []


def test_branching_skips_what_was_not_chosen(run):
    def build(choice):
        with DAG("d"):
            branch = BranchPythonOperator(task_id="t", python_callable=lambda: choice)
            a, b, join = (EmptyOperator(task_id=name) for name in ("a", "b", "join"))
            branch >> [a, b] >> join
            branch.set_downstream(join)
        return branch

    assert run(build("a")).skip_downstream == ["b"]
    assert run(build(["a", "b"])).skip_downstream == []
    assert run(build(None)).skip_downstream == ["a", "b", "join"]
    outcome = run(build("elsewhere"))
    assert outcome.state == "failed"
    assert "chose elsewhere, which DAG" in outcome.reason
    assert "returns task_ids" in run(build(5)).reason


def test_a_short_circuit_skips_all_or_only_the_next(run):
    def build(condition, **kwargs):
        with DAG("d"):
            first = ShortCircuitOperator(task_id="t", python_callable=lambda: condition, **kwargs)
            first >> EmptyOperator(task_id="a") >> EmptyOperator(task_id="b")
        return first

    assert run(build(1)).skip_downstream == []
    assert run(build(0)).skip_downstream == ["a", "b"]
    assert run(build(0, ignore_downstream_trigger_rules=False)).skip_downstream == ["a"]


def test_a_notebook_task_hands_its_order_to_the_worker(run, runtime):
    with DAG("d"):
        task = CoutureJupyterOperator(
            task_id="t", input_nb="a.ipynb", output_nb="{{ ds }}.ipynb", parameters={"a": 10}
        )
    assert run(task).state == "success"
    assert runtime.notebooks == [NotebookSpec("a.ipynb", "2024-01-02.ipynb", {"a": 10})]


def test_variables(runtime):
    Variable.set("a", 5)
    Variable.set("j", {"x": [1]}, serialize_json=True)
    assert Variable.get("a") == "5"
    assert Variable.get("j", deserialize_json=True) == {"x": [1]}
    assert Variable.get("no", default_var=None) is None
    assert Variable.setdefault("new", "x") == "x"
    assert Variable.setdefault("new", "y") == "x"
    Variable.update("a", 6)
    assert runtime.variables["a"] == "6"
    assert Variable.delete("a") is True
    assert Variable.delete("a") is False
    with pytest.raises(KeyError, match="Variable a does not exist"):
        Variable.get("a")
    with pytest.raises(KeyError):
        Variable.update("a", 1)
    with pytest.raises(ValueError, match="Variable new does not hold JSON"):
        Variable.get("new", deserialize_json=True)


def test_without_an_engine_variables_are_those_of_the_environment(monkeypatch):
    set_runtime(None)
    monkeypatch.setenv("AIRFLOW_VAR_A", "here")
    assert Variable.get("a") == "here"
    assert Variable.get("b", default_var=None) is None
    with pytest.raises(KeyError, match="Variable b does not exist"):
        Variable.get("b")


def test_without_an_engine_a_sentence_says_what_cannot_be_had():
    set_runtime(None)
    with pytest.raises(RuntimeError, match="only inside a running task"):
        Variable.set("a", "b")


def test_one_of_several_connections_is_picked(runtime):
    runtime.connections = {"db": [{"host": host, "conn_type": "mysql"} for host in "abc"]}
    assert {BaseHook.get_connection("db").host for _ in range(100)} == set("abc")
    with pytest.raises(AirflowNotFoundException, match="conn_id `no` isn't defined"):
        BaseHook.get_connection("no")


def test_extra_fields(runtime):
    runtime.connections = {"db": [{"extra": '{"ssl": true}', "port": "5432"}]}
    found = BaseHook.get_connection("db")
    assert (found.extra_dejson, found.port) == ({"ssl": True}, 5432)
    assert Connection("x").extra_dejson == {}


@pytest.mark.parametrize(
    "parts",
    [
        {"conn_type": "mysql", "host": "h", "login": "a@b", "password": "p/:?", "schema": "s/x"},
        {"conn_type": "google_cloud", "extra": json.dumps({"k": "v w"})},
        {"conn_type": "http", "host": "h", "port": 80, "extra": json.dumps({"n": {"x": 1}})},
    ],
)
def test_a_uri_gives_the_same_connection_back(parts):
    first = Connection("c", **parts)
    second = Connection("c", uri=first.get_uri())
    for name in ("conn_type", "host", "login", "password", "schema", "port", "extra_dejson"):
        assert getattr(second, name) == getattr(first, name), name
