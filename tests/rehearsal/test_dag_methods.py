"""`dag.test()` and `dag.cli()` as an author calls them."""

import importlib.metadata
import json
import os
import subprocess
import sys

import pytest

from couture_operators import DAG, PythonOperator, Variable, runtime
from couture_operators.exceptions import AirflowException

FILE = """
from datetime import datetime
from airflow import DAG
from airflow.operators.python_operator import PythonOperator
from airflow.models import Variable

dag = DAG("mine", start_date=datetime(2024, 1, 1), schedule_interval="@daily")

def work(ds, dag_run, **_):
    print("worked on", ds, dag_run.conf, Variable.get("where", default_var="nowhere"))
    if dag_run.conf.get("fail"):
        raise ValueError("as told")

first = PythonOperator(task_id="first", python_callable=work, provide_context=True, dag=dag)
second = PythonOperator(
    task_id="second", python_callable=print, op_args=["second", "{{ ds }}"], dag=dag
)
first >> second

if __name__ == "__main__":
    dag.cli()
"""


@pytest.fixture
def python_file(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE)

    def run(*arguments, code=0):
        command = [sys.executable, str(file), *arguments]
        found = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert found.returncode == code, found.stdout + found.stderr
        return found.stdout + found.stderr

    return run


def test_dag_test_returns_the_run_and_its_task_instances(tmp_path):
    variables = tmp_path / "variables.json"
    variables.write_text(json.dumps({"where": "here"}))
    seen = []

    def look(ti, dag_run):
        from couture_operators import Variable

        seen.append((Variable.get("where"), dag_run.conf))

    with DAG("d") as dag:
        PythonOperator(task_id="look", python_callable=look)
    run = dag.test(run_conf={"a": 1}, variable_file_path=str(variables))
    assert run.state == "success"
    assert [(ti.task_id, ti.state) for ti in run.get_task_instances()] == [("look", "success")]
    assert seen == [("here", {"a": 1})]


def test_without_the_scheduler_dag_test_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **_: ())
    with pytest.raises(AirflowException, match="install couture-workflow"):
        DAG("d").test()


def test_a_breakpoint_in_a_task_is_reached_in_the_callers_process(monkeypatch):
    reached = []
    monkeypatch.setattr(sys, "breakpointhook", lambda: reached.append(sys._getframe(1).f_code))

    def stop_here():
        breakpoint()  # noqa: T100 - what is tested

    with DAG("d") as dag:
        PythonOperator(task_id="a", python_callable=stop_here)
    assert dag.test().state == "success"
    assert reached == [stop_here.__code__]


def test_the_file_lists_its_tasks(python_file):
    assert python_file("list-tasks").split() == ["first", "second"]
    assert python_file("list_tasks", "--tree") == python_file("show")
    assert python_file("show").splitlines() == [
        "first (PythonOperator)",
        "    second (PythonOperator)",
    ]


def test_the_file_runs_the_dag_on_a_date(python_file):
    out = python_file("test", "2024-02-03", "--conf", '{"a": 1}')
    assert "worked on 2024-02-03 {'a': 1} nowhere" in out
    assert "second  success" in out


def test_a_run_that_fails_ends_the_file_with_exit_code_1(python_file):
    out = python_file("test", "--conf", '{"fail": true}', code=1)
    assert "ValueError: as told" in out and "upstream_failed" in out


def test_the_file_runs_one_task_alone(python_file):
    out = python_file("run", "second")
    assert "worked on" not in out and "second  success" in out


def test_a_task_that_is_not_there_is_named(python_file):
    assert "has no task 'third'" in python_file("run", "third", code=1)


def test_the_file_tests_one_task_with_the_arguments_of_airflow_1(python_file):
    out = python_file("test", "second", "2024-02-03")
    assert "worked on" not in out and "second 2024-02-03" in out
    assert "no task 'third', and that is no date" in python_file("test", "third", code=1)


def test_the_file_shows_what_templates_become(python_file):
    assert 'op_args: ["second", "2024-02-03"]' in python_file("render", "second", "2024-02-03")


def test_what_needs_a_scheduler_is_refused_with_what_to_use(python_file):
    out = python_file("backfill", "-s", "2024-01-01", code=1)
    assert "use `couture backfill create mine`" in out
    assert "unrecognized arguments: -x" in python_file("list-tasks", "-x", code=2)


AT_THE_TOP = """
from datetime import datetime
from airflow import DAG
from airflow.hooks.base_hook import BaseHook
from airflow.models import Variable
from airflow.operators.python_operator import PythonOperator

PLACE = Variable.get("place", default_var="nowhere")
HOST = BaseHook.get_connection("warehouse").host

dag = DAG("top", start_date=datetime(2024, 1, 1))
say = PythonOperator(task_id="say", python_callable=lambda: print("found", PLACE, HOST), dag=dag)
if __name__ == "__main__":
    dag.cli()
"""


def test_a_file_that_reads_variables_at_its_top_is_run_by_python_too(tmp_path):
    file = tmp_path / "top.py"
    file.write_text(AT_THE_TOP)

    def run(**environment):
        return subprocess.run(
            [sys.executable, str(file), "test"],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, **environment},
        )

    found = run(AIRFLOW_CONN_WAREHOUSE="postgres://db.example")
    assert "found nowhere db.example" in found.stdout + found.stderr
    found = run(AIRFLOW_CONN_WAREHOUSE='{"host": "db"}', COUTURE_VAR_PLACE="here")
    assert "found here db" in found.stdout + found.stderr
    assert "warehouse" in run().stderr.splitlines()[-1]


def test_what_needs_an_engine_says_so_in_a_process_that_has_none(monkeypatch):
    monkeypatch.setattr(runtime, "_current", None)  # other tests of this process may have left one
    with pytest.raises(RuntimeError, match="only inside a running task"):
        Variable.set("place", "here")
