"""DAG files and tasks that do what nobody should: the others go on."""

import os
from pathlib import Path

import psutil
import pytest
from deployment import Deployment, kill, wait_until

pytestmark = pytest.mark.processes


def test_a_task_that_writes_into_every_descriptor_stops_nobody(running: Deployment):
    running.write(
        "scribbler.py",
        """
        import os

        def scribble(ti):
            for fd in range(3, 64):
                try:
                    os.write(fd, b"garbage")
                except OSError:
                    pass
            ti.xcom_push("after", 1)
            os._exit(3)

        with DAG("scribbler", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="a", python_callable=scribble)
        """,
    )
    run = running.trigger("scribbler")
    assert running.wait_for_run("scribbler", run) == "failed"
    assert "exit code 3" in running.ti("scribbler", run, "a").reason


def test_an_error_that_is_no_valid_text_is_told_all_the_same(running: Deployment):
    running.write(
        "surrogates.py",
        r"""
        def fail():
            raise ValueError("no such file: b\udce4d.csv")

        with DAG("surrogates", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="a", python_callable=fail)
        """,
    )
    run = running.trigger("surrogates")
    assert running.wait_for_run("surrogates", run) == "failed"
    assert running.ti("surrogates", run, "a").reason == "ValueError: no such file: b?d.csv"


def test_a_key_of_an_xcom_that_is_no_text_fails_the_task_only(running: Deployment):
    running.write(
        "odd_key.py",
        """
        with DAG("odd_key", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="a", python_callable=lambda ti: ti.xcom_push(["k"], 1))
        """,
    )
    run = running.trigger("odd_key")
    assert running.wait_for_run("odd_key", run) == "failed"
    assert "key" in running.ti("odd_key", run, "a").reason


def test_a_log_that_cannot_be_opened_fails_the_attempt_with_the_reason(running: Deployment):
    running.write(
        "logless.py",
        """
        with DAG("logless", schedule=None, start_date=START, is_paused_upon_creation=False):
            for name in ("a", "b"):
                BashOperator(task_id=name, bash_command="true")
        """,
    )
    (running.settings.logs_path / "logless").write_text("in the way")
    run = running.trigger("logless")
    assert running.wait_for_run("logless", run) == "failed"
    assert "could not be started" in running.ti("logless", run, "b").reason


def test_a_retry_delay_beyond_the_calendar_stops_nobody(running: Deployment):
    running.write(
        "patient.py",
        """
        with DAG("patient", schedule=None, start_date=START, is_paused_upon_creation=False):
            BashOperator(task_id="a", bash_command="false", retries=1, retry_delay=timedelta.max)
        """,
    )
    run = running.trigger("patient")
    running.wait_for_state("patient", run, "a", "up_for_retry")


def test_large_files_are_all_parsed(running: Deployment):
    filler = "# " + "x" * 150_000 + "\n"
    names = [f"large{number}" for number in range(6)]
    for name in names:
        text = f"""
        with DAG({name!r}, schedule=None, start_date=START):
            BashOperator(task_id="a", bash_command="true")
        """
        running.write(f"{name}.py", text, header=filler + "from couture_operators import *\n"
                      "from datetime import datetime\nSTART = datetime(2026, 1, 1)\n")  # fmt: skip
    for name in names:
        running.wait_for_dag(name)


def test_a_file_whose_name_is_no_text_does_not_end_the_parsing(own: Deployment):
    folder = own.settings.dags_path
    Path(os.fsdecode(os.fsencode(folder) + b"/b\xe4d.py")).write_text("# a dag of airflow\n")
    text = """
    with DAG({!r}, schedule=None, start_date=START):
        BashOperator(task_id="a", bash_command="true")
    """
    own.write("one.py", text.format("one"))
    own.wait_for_dag("one")
    own.write("two.py", text.format("two"))
    own.wait_for_dag("two")


def test_a_base_zygote_killed_while_a_file_is_imported_costs_one_start(own: Deployment, tmp_path):
    marks = tmp_path / "imports"
    own.write(
        "slow.py",
        f"""
        import time
        with open({str(marks)!r}, "a") as file:
            file.write("x")
        time.sleep(1)
        with DAG("slow", schedule=None, start_date=START, is_paused_upon_creation=False):
            BashOperator(task_id="a", bash_command="true")
        """,
    )
    own.wait_for_dag("slow")
    parsed = len(marks.read_text())
    run = own.trigger("slow")
    wait_until(lambda: len(marks.read_text()) > parsed, what="the file is imported for the task")
    [base] = [
        one
        for one in psutil.Process(own.pid_of("worker")).children()
        if one.cmdline()[-1] == "plain"
    ]
    kill(base.pid)
    assert own.wait_for_run("slow", run) == "success"
    assert own.ti("slow", run, "a").try_number == 1


def test_a_task_of_any_queue_runs_where_the_host_names_none(running: Deployment):
    running.write(
        "queues.py",
        """
        with DAG("queues", schedule=None, start_date=START, is_paused_upon_creation=False):
            BashOperator(task_id="a", bash_command="true", queue="gpu")
        """,
    )
    run = running.trigger("queues")
    assert running.wait_for_run("queues", run) == "success"


def test_a_helper_in_a_folder_without_an_init_file_is_imported_and_run(running: Deployment):
    (running.settings.dags_path / "plain_folder").mkdir()
    (running.settings.dags_path / "plain_folder" / "sibling.py").write_text("Y = 6\n")
    running.write(
        "plain.py",
        """
        from plain_folder.sibling import Y

        def check():
            from plain_folder import sibling
            assert sibling.Y == Y == 6

        with DAG("plain", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="a", python_callable=check)
        """,
    )
    run = running.trigger("plain")
    assert running.wait_for_run("plain", run) == "success"
