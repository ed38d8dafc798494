"""Scheduler and agent as processes of their own on a real server."""

import signal
from datetime import datetime

import pytest
from deployment import Deployment, kill, wait_until
from invariants import check
from sqlalchemy import create_engine, make_url, select

from chaos.proxy import Proxy
from couture_scheduler.db.tables import task_instance

pytestmark = pytest.mark.processes


@pytest.fixture
def running(tmp_path, url):
    deployment = Deployment(tmp_path / "home", db_url=url, heartbeat_seconds=0.5, slots=8)
    yield deployment.start()
    deployment.stop()


MANY = """
with DAG("many", schedule=None, start_date=START, is_paused_upon_creation=False, max_active_runs=20):
    first = BashOperator(task_id="first", bash_command="true")
    for number in range(4):
        first >> PythonOperator(task_id=f"p{number}", python_callable=lambda: 7)
"""


def test_runs_go_to_their_end(running: Deployment):
    running.write("many.py", MANY)
    names = [running.trigger("many") for _ in range(10)]
    assert [running.wait_for_run("many", name) for name in names] == ["success"] * 10
    check(running.db)


def test_a_server_that_is_away_for_a_while_kills_no_task_and_ends_no_process(
    running: Deployment, server, tmp_path
):
    running.write(
        "slow.py",
        f"""
        import time
        from pathlib import Path

        def wait():
            Path({str(tmp_path / "began")!r}).touch()
            while not Path({str(tmp_path / "go")!r}).exists():
                time.sleep(0.05)
            Path({str(tmp_path / "effects")!r}).open("a").write("x")

        with DAG("slow", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="wait", python_callable=wait) >> BashOperator(
                task_id="after", bash_command="true"
            )
        """,
    )
    run = running.trigger("slow")
    wait_until((tmp_path / "began").exists, what="the task runs")
    before = {name: running.pid_of(name) for name in ("scheduler", "worker")}
    server.kill(signal.SIGKILL)
    (tmp_path / "go").touch()
    wait_until((tmp_path / "effects").exists, what="the task ended while the server was away")
    server.start()
    assert running.wait_for_run("slow", run, 60) == "success"
    assert running.ti("slow", run, "wait").attempt_number == 1
    assert (tmp_path / "effects").read_text() == "x"
    assert {name: running.pid_of(name) for name in before} == before
    check(running.db)


def test_a_killed_agent_s_attempts_start_again(running: Deployment):
    running.write(
        "sleeper.py",
        """
        with DAG("sleeper", schedule=None, start_date=START, is_paused_upon_creation=False):
            BashOperator(task_id="a", bash_command="sleep 1")
        """,
    )
    run = running.trigger("sleeper")
    wait_until(lambda: running.ti("sleeper", run, "a").state == "running", what="it runs")
    kill(running.pid_of("worker"))
    assert running.wait_for_run("sleeper", run, 60) == "success"
    found = running.ti("sleeper", run, "a")
    assert (found.try_number, found.attempt_number) == (1, 2)
    check(running.db)


def test_an_agent_that_starts_while_the_server_is_away_waits_for_it(running: Deployment, server):
    running.write("many.py", MANY)
    running.wait_for_dag("many")
    server.kill(signal.SIGKILL)
    for name in ("worker", "scheduler"):
        kill(running.pid_of(name))
    log = running.settings.logs_path / "agent.log"
    wait_until(lambda: "Waiting to begin" in log.read_text(), what="a new agent waits")
    waiting = running.pid_of("worker")
    server.start()
    run = running.trigger("many")
    assert running.wait_for_run("many", run, 10) == "success"
    assert running.pid_of("worker") == waiting


def test_while_the_server_is_away_the_agent_asks_once_a_second(running: Deployment, server):
    running.write(
        "busy.py",
        """
        import time
        with DAG("busy", schedule=None, start_date=START, is_paused_upon_creation=False):
            for number in range(6):
                PythonOperator(task_id=f"t{number}", python_callable=lambda n=number: time.sleep(n))
        """,
    )
    run = running.trigger("busy")
    wait_until(lambda: running.ti("busy", run, "t5").state == "running", what="it runs")
    server.kill(signal.SIGKILL)
    log = running.settings.logs_path / "agent.log"
    wait_until(lambda: log.read_text().count("tries again") >= 4, what="it has asked four times")
    asked = [line for line in log.read_text().splitlines() if "tries again" in line]
    seconds = [datetime.fromisoformat(line.split()[0]) for line in asked]
    assert (seconds[-1] - seconds[0]).total_seconds() > 0.8 * (len(seconds) - 1)
    server.start()
    assert running.wait_for_run("busy", run, 60) == "success"
    assert "transaction failed" not in log.read_text()


@pytest.fixture
def forgetful(server):
    """A way to the server that can lose the answers to commits."""
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


def test_tasks_whose_claim_holds_though_its_answer_was_lost_are_started(
    tmp_path, url, server, forgetful
):
    way = make_url(url).set(port=forgetful.port).update_query_dict(server.readable)
    through = way.render_as_string(hide_password=False)
    deployment = Deployment(tmp_path / "home", db_url=through, heartbeat_seconds=0.5, slots=8)
    direct = create_engine(url)
    states = select(task_instance.c.state).where(task_instance.c.task_id != "first")

    def all_run() -> bool:
        with direct.connect() as connection:
            return list(connection.scalars(states)) == ["running"] * 4

    deployment.write(
        "many.py",
        """
        import time
        with DAG("many", schedule=None, start_date=START, is_paused_upon_creation=False):
            first = PythonOperator(task_id="first", python_callable=lambda: time.sleep(1))
            for number in range(4):
                first >> PythonOperator(task_id=f"p{number}", python_callable=lambda: 7)
        """,
    )
    try:
        run = deployment.start().trigger("many")
        wait_until(lambda: deployment.ti("many", run, "first").state == "running", what="it runs")
        forgetful.forgets = b"claimed_at"
        wait_until(all_run, 30, "all are claimed")
        log = deployment.settings.logs_path / "agent.log"
        wait_until(lambda: "tries again" in log.read_text(), 30, "the agent does not know it")
        forgetful.heal()
        assert deployment.wait_for_run("many", run, 30) == "success"
        assert [deployment.ti("many", run, f"p{n}").attempt_number for n in range(4)] == [1] * 4
        check(deployment.db)
    finally:
        direct.dispose()
        deployment.stop()


def test_what_a_task_asks_while_the_server_is_away_is_answered_when_it_is_back(
    running: Deployment, server, tmp_path
):
    running.write(
        "asks.py",
        f"""
        import time
        from pathlib import Path
        from couture_operators import Variable

        def ask():
            Path({str(tmp_path / "began")!r}).touch()
            while not Path({str(tmp_path / "go")!r}).exists():
                time.sleep(0.05)
            Path({str(tmp_path / "asked")!r}).touch()
            assert Variable.get("none", "nothing") == "nothing"

        with DAG("asks", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="ask", python_callable=ask)
        """,
    )
    run = running.trigger("asks")
    wait_until((tmp_path / "began").exists, what="the task runs")
    server.kill(signal.SIGKILL)
    (tmp_path / "go").touch()
    wait_until((tmp_path / "asked").exists, what="it has asked")
    server.start()
    assert running.wait_for_run("asks", run, 60) == "success"
    assert running.ti("asks", run, "ask").attempt_number == 1
