"""`couture dags simulate`, of a file and of a DAG that the deployment has."""

import json

import pytest
from click.testing import CliRunner
from seeded import CHAIN, seed

from couture_scheduler.cli.main import main

FILE = """
import os
from datetime import datetime
from airflow import DAG
from airflow.operators.bash_operator import BashOperator

print("what a file prints is not in the answer")
with DAG("mine", start_date=datetime(2026, 1, 1), schedule_interval="@daily") as dag:
    first = BashOperator(task_id="first", bash_command="touch /never", retries=1)
    first >> BashOperator(task_id="second", bash_command="true")
"""
WHEN = ("--from", "2026-01-02", "--to", "2026-01-05")


@pytest.fixture
def couture(home):
    def couture(*arguments: str, code: int = 0) -> str:
        found = CliRunner().invoke(main, ["--home", str(home), "dags", "simulate", *arguments])
        assert found.exit_code == code, found.output
        return found.output

    return couture


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE)
    return file


def test_a_file_is_simulated_without_a_deployment(couture, file, home):
    out = couture(str(file), *WHEN, "--fail", "first=1", "--duration", "second=90")
    assert "4 runs: 1 running, 3 success" in out
    assert "first: success 00:00:00 to 00:01:00 failed" in out
    assert not (home / "couture.db").exists()


def test_the_answer_is_json_for_programs(couture, file):
    found = json.loads(couture(str(file), *WHEN, "-o", "json"))
    assert [task["task_id"] for task in found["runs"][0]["tasks"]] == ["first", "second"]


def test_brief_leaves_the_tasks_out(couture, file):
    assert "first:" not in couture(str(file), *WHEN, "--brief")


def test_a_dag_of_the_deployment_is_simulated(couture, home):
    world = seed(home)
    try:
        out = couture(CHAIN, "--from", "2026-11-20", "--to", "2026-11-23")
        assert f"{CHAIN} scheduled__2026-11-20T02:00:00+00:00: success" in out
    finally:
        world.db.close()


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("raise ValueError('as it is')", "line 1 cannot be imported: ValueError: as it is"),
        ("import sys; sys.exit(3)", "cannot be imported: SystemExit: 3"),
        ("import os; os._exit(3)", "exit code 3"),
        ("x = 1", "it defines: none"),
    ],
)
def test_a_file_that_cannot_be_simulated_says_why(couture, tmp_path, source, complaint):
    file = tmp_path / "bad.py"
    file.write_text(source)
    assert complaint in couture(str(file), *WHEN, "--dag", "mine", code=1)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--from", "2026-01-05", "--to", "2026-01-02"), "later than `from`"),
        ((*WHEN, "--fail", "first"), "'first' is not TASK=VALUE"),
        ((*WHEN, "--duration", "first=long"), "duration"),
        (("--from", "soon", "--to", "2026-01-02"), "--from"),
    ],
)
def test_what_cannot_be_meant_is_refused(couture, file, arguments, complaint):
    assert complaint in couture(str(file), *arguments, code=2)
