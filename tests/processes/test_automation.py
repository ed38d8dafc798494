"""Callbacks beside the tasks, mails, and DAGs that start DAGs, in real processes."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from deployment import Deployment, kill, wait_until
from smtp_server import SmtpServer
from sqlalchemy import select

from couture_scheduler.db.automation import callback, mail
from couture_scheduler.db.tables import history
from couture_scheduler.plans import Plans
from couture_scheduler.store import dags, runs
from couture_scheduler.triggering import Order, make_run

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def smtp():
    server = SmtpServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def mailing(tmp_path_factory, smtp):
    deployment = Deployment(
        tmp_path_factory.mktemp("mailing") / "home",
        smtp_host="127.0.0.1",
        smtp_port=smtp.port,
        callback_timeout=2.0,
        heartbeat_seconds=1.0,
        stop_grace_seconds=2.0,
        slots=8,
    )
    yield deployment.start()
    deployment.stop()


def rows(deployment: Deployment, table, dag_id: str) -> list:
    with deployment.db.read() as tx:
        return tx.rows(select(table).where(table.c.dag_id == dag_id))


def ended(deployment: Deployment, dag_id: str, count: int = 1) -> list:
    def all_over() -> list | None:
        found = rows(deployment, callback, dag_id)
        over = [one for one in found if one.state not in ("queued", "running")]
        return over if len(over) >= count else None

    return wait_until(all_over, what=f"{count} callbacks of {dag_id} ended")


def log_of(deployment: Deployment, row) -> str:
    (path,) = deployment.settings.logs_path.glob(f"{row.dag_id}/*/callbacks/{row.id}.log")
    return path.read_text()


def test_the_callbacks_of_a_dag_are_called_with_its_context(mailing: Deployment):
    mailing.write(
        "told.py",
        """
        def tell(context):
            run = context["dag_run"]
            print("told of", run.run_id, run.state, context["ti"].task_id, context["reason"])

        with DAG("told", schedule=None, start_date=START, is_paused_upon_creation=False,
                 on_success_callback=tell, on_failure_callback=[tell, lambda context: 1 / 0]):
            BashOperator(task_id="a", bash_command="exit {{ dag_run.conf.get('code', 0) }}", retries=0)
        """,
    )
    run = mailing.trigger("told")
    assert mailing.wait_for_run("told", run) == "success"
    (good,) = ended(mailing, "told")
    assert (good.kind, good.state) == ("on_success_callback", "success")
    assert f"told of {run} success a success" in log_of(mailing, good)
    bad_run = mailing.trigger("told", {"code": 3})
    assert mailing.wait_for_run("told", bad_run) == "failed"
    bad = next(one for one in ended(mailing, "told", 2) if one.kind == "on_failure_callback")
    assert bad.state == "failed"
    assert "ZeroDivisionError" in bad.reason
    assert f"told of {bad_run} failed a task_failure" in log_of(mailing, bad)
    assert mailing.wait_for_run("told", bad_run) == "failed"
    told = [row.after for row in rows(mailing, history, "told") if row.kind == "callback"]
    assert sorted(told) == ["callback_failed", "callback_success"]


def test_the_failure_callback_of_a_task_that_was_killed_is_called(mailing: Deployment, tmp_path):
    mailing.write(
        "killed.py",
        f"""
        import os, signal

        def tell(context):
            ti, why = context["ti"], context["exception"]
            with open({str(tmp_path / "told")!r}, "a") as file:
                file.write(f"{{ti.task_id}} {{ti.state}} {{why}}\\n")

        with DAG("killed", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="a", retries=0, on_failure_callback=tell,
                           python_callable=lambda: os.kill(os.getpid(), signal.SIGKILL))
            PythonOperator(task_id="b", retries=0, on_failure_callback=tell,
                           python_callable=lambda: 1 / 0)
        """,
    )
    run = mailing.trigger("killed")
    assert mailing.wait_for_run("killed", run) == "failed"
    (one,) = ended(mailing, "killed")
    assert one.state == "success"
    lines = sorted((tmp_path / "told").read_text().splitlines())
    assert len(lines) == 2  # b's own process has called its callback
    assert lines[0].startswith("a failed The task's process was killed by signal 9")


def test_a_callback_that_takes_too_long_is_ended_and_blocks_nothing(mailing: Deployment):
    mailing.write(
        "slow_call.py",
        """
        import time

        with DAG("slow_call", schedule=None, start_date=START, is_paused_upon_creation=False,
                 on_success_callback=lambda context: time.sleep(60)):
            BashOperator(task_id="a", bash_command="true")
        """,
    )
    run = mailing.trigger("slow_call")
    assert mailing.wait_for_run("slow_call", run) == "success"
    again = mailing.trigger("slow_call")
    assert mailing.wait_for_run("slow_call", again) == "success"
    found = ended(mailing, "slow_call", 2)
    assert {one.state for one in found} == {"failed"}
    assert "callback_timeout" in found[0].reason


def test_a_failure_is_mailed_with_the_end_of_the_log(mailing: Deployment, smtp):
    mailing.write(
        "mailed.py",
        """
        def work():
            print("halfway there")
            raise ValueError("no such column")

        with DAG("mailed", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="a", retries=0, email="ana@example.com", python_callable=work)
        """,
    )
    run = mailing.trigger("mailed")
    assert mailing.wait_for_run("mailed", run) == "failed"
    wait_until(
        lambda: [one.state for one in rows(mailing, mail, "mailed")] == ["sent"], what="sent"
    )
    (one,) = [one for one in smtp.box.received if "mailed" in one.message["Subject"]]
    assert one.recipients == ["ana@example.com"]
    assert "halfway there" in one.text
    assert "no such column" in one.text


def test_a_task_starts_another_dag_and_mails(mailing: Deployment, smtp):
    mailing.write(
        "child_dag.py",
        """
        with DAG("child_dag", schedule=None, start_date=START, is_paused_upon_creation=False):
            BashOperator(task_id="a", bash_command="echo got {{ dag_run.conf['x'] }}")
        """,
    )
    mailing.wait_for_dag("child_dag")
    mailing.write(
        "master_dag.py",
        """
        from couture_operators.exceptions import AirflowNotFoundException, DagRunAlreadyExists
        from couture_operators.runtime import current_runtime

        def start():
            engine = current_runtime()
            made = engine.trigger_dag("child_dag", "by_master", {"x": 42}, None)
            assert made["run_id"] == "by_master" and made["is_paused"] is False, made
            try:
                engine.trigger_dag("child_dag", "by_master", {}, None)
            except DagRunAlreadyExists as err:
                print("told apart:", err)
            try:
                engine.trigger_dag("nowhere", None, {}, None)
            except AirflowNotFoundException as err:
                print("told apart:", err)
            assert engine.dag_info("child_dag")["task_ids"] == ["a"]
            engine.send_email("ben@example.com", "master has started child", "<p>done</p>")

        with DAG("master_dag", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="start", retries=0, python_callable=start)
        """,
    )
    run = mailing.trigger("master_dag")
    assert mailing.wait_for_run("master_dag", run) == "success"
    assert mailing.log("master_dag", run, "start").count("told apart") == 2
    assert mailing.wait_for_run("child_dag", "by_master") == "success"
    assert "got 42" in mailing.log("child_dag", "by_master", "a")
    subjects = lambda: [one.message["Subject"] for one in smtp.box.received]  # noqa: E731
    wait_until(lambda: "master has started child" in subjects(), what="mail sent")


def test_a_callback_whose_agent_dies_is_lost_and_not_called_again(own: Deployment, tmp_path: Path):
    own.write(
        "called.py",
        f"""
        import os, time

        def tell(context):
            with open({str(tmp_path / "calls")!r}, "a") as file:
                file.write(f"{{os.getpid()}}\\n")
            time.sleep(60)

        with DAG("called", schedule=None, start_date=START, is_paused_upon_creation=False,
                 on_success_callback=tell):
            BashOperator(task_id="a", bash_command="true")
        """,
    )
    run = own.trigger("called")
    assert own.wait_for_run("called", run) == "success"
    wait_until((tmp_path / "calls").exists, what="called")
    kill(own.pid_of("worker"))
    (one,) = ended(own, "called")
    assert one.state == "lost"
    assert len((tmp_path / "calls").read_text().splitlines()) == 1
    pid = int((tmp_path / "calls").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with own.db.read() as tx:
        assert runs.get_run(tx, "called", run).state == "success"


def test_a_started_run_covers_what_the_authors_own_timetable_says(mailing: Deployment):
    mailing.write(
        "own.py",
        """
        from couture_operators.timetables import CronDataIntervalTimetable, DataInterval

        class Weekly(CronDataIntervalTimetable):
            def infer_manual_data_interval(self, *, run_after):
                return DataInterval(run_after - timedelta(days=7), run_after)

        with DAG("own", schedule=Weekly("0 2 * * *", timezone="UTC"), start_date=START) as dag:
            BashOperator(task_id="a", bash_command="echo from {{ data_interval_start }}")
        """,
    )
    dag = mailing.wait_for_dag("own")
    with mailing.db.write() as tx:
        dags.set_paused(tx, "own", False)
        run_id = make_run(tx, Plans(), dag, Order(run_id="mine"), 1000, "test")
    mailing.ringer.ring("scheduler")
    assert mailing.wait_for_run("own", run_id) == "success"
    with mailing.db.read() as tx:
        run = runs.get_run(tx, "own", run_id)
    assert run.data_interval_end - run.data_interval_start == timedelta(days=7)
    assert f"from {run.data_interval_start.isoformat()}" in mailing.log("own", run_id, "a")
