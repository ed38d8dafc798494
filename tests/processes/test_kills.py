"""What is killed, what survives, what starts again: proved by reading pids."""

import os
import signal
from pathlib import Path

import psutil
import pytest
from deployment import Deployment, is_alive, kill, wait_until

from couture_scheduler.store.lookups import RunCriteria, list_runs

pytestmark = pytest.mark.processes

SLEEPER = """
import os, subprocess, sys, time
from pathlib import Path

def sleep():
    marks = Path({marks!r})
    daemon = subprocess.Popen(
        [sys.executable, "-c", "import os, time\\nif os.fork() == 0:\\n os.setsid()\\n"
         "    if os.fork() == 0:\\n        open(sys.argv[1], 'w').write(str(os.getpid()))\\n"
         "        time.sleep(100)" if False else
         "import os,sys,time\\nif os.fork(): os._exit(0)\\nos.setsid()\\nif os.fork(): os._exit(0)\\n"
         "open(sys.argv[1]+'.new','w').write(str(os.getpid()))\\n"
         "os.rename(sys.argv[1]+'.new', sys.argv[1])\\ntime.sleep(100)", str(marks / "daemon")])
    daemon.wait()
    while not (marks / "daemon").exists():
        time.sleep(0.01)
    with open(marks / "starts", "a") as file:
        file.write(f"{{os.getpid()}}\\n")
    while not (marks / "go").exists():
        time.sleep(0.01)

with DAG("sleeper", schedule=None, start_date=START, is_paused_upon_creation=False):
    PythonOperator(task_id="sleep", python_callable=sleep)
"""


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def start_sleeper(deployment: Deployment, marks: Path) -> tuple[str, int, int]:
    """Start the sleeping task; return run_id, its pid and the pid of the daemon that it made."""
    deployment.write("sleeper.py", SLEEPER.format(marks=str(marks)))
    run = deployment.trigger("sleeper")
    wait_until(lambda: (marks / "starts").exists() and starts(marks), what="the task sleeps")
    return run, starts(marks)[-1], int((marks / "daemon").read_text())


def starts(marks: Path) -> list[int]:
    return [int(line) for line in (marks / "starts").read_text().split()]


def test_a_killed_scheduler_is_back_and_running_tasks_go_on(own: Deployment, marks: Path):
    run, pid, _ = start_sleeper(own, marks)
    scheduler = own.pid_of("scheduler")
    kill(scheduler)
    wait_until(lambda: own.pid_of("scheduler") not in (None, scheduler), 3, "scheduler is back")
    assert is_alive(pid)
    (marks / "go").touch()
    assert own.wait_for_run("sleeper", run) == "success"
    assert starts(marks) == [pid]


def test_a_killed_agent_takes_its_tasks_along_and_they_start_again(own: Deployment, marks: Path):
    run, pid, daemon = start_sleeper(own, marks)
    kill(own.pid_of("worker"))
    wait_until(lambda: not is_alive(pid) and not is_alive(daemon), 2, "nothing of it survives")
    wait_until(lambda: len(starts(marks)) == 2, 5, "the task has started again")
    (marks / "go").touch()
    assert own.wait_for_run("sleeper", run) == "success"
    ti = own.ti("sleeper", run, "sleep")
    assert (ti.try_number, ti.attempt_number) == (1, 2)


def test_agent_and_zygotes_killed_together_leave_nothing_behind(own: Deployment, marks: Path):
    run, pid, daemon = start_sleeper(own, marks)
    agent = psutil.Process(own.pid_of("worker"))
    for process in [agent, *agent.children(recursive=True)]:
        if process.pid not in (pid, daemon):
            kill(process.pid)
    wait_until(lambda: len(starts(marks)) == 2, 10, "the task has started again")
    assert not is_alive(pid)
    wait_until(lambda: not is_alive(daemon), 2, "nothing of it survives")
    (marks / "go").touch()
    assert own.wait_for_run("sleeper", run) == "success"


def test_a_killed_task_failed_and_says_so(own: Deployment, marks: Path):
    run, pid, daemon = start_sleeper(own, marks)
    kill(pid)
    ti = own.wait_for_state("sleeper", run, "sleep", "failed")
    assert "killed by signal 9 (SIGKILL)" in ti.reason
    assert not is_alive(daemon)
    assert "SIGKILL" in own.log("sleeper", run, "sleep")


def test_a_killed_file_zygote_loses_its_tasks_and_they_start_again(own: Deployment, marks: Path):
    run, pid, daemon = start_sleeper(own, marks)
    kill(psutil.Process(pid).ppid())
    wait_until(lambda: not is_alive(pid) and not is_alive(daemon), 2, "nothing of it survives")
    wait_until(lambda: len(starts(marks)) == 2, 5, "the task has started again")
    (marks / "go").touch()
    assert own.wait_for_run("sleeper", run) == "success"


def test_a_killed_base_zygote_loses_its_tasks_and_they_start_again(own: Deployment, marks: Path):
    run, pid, daemon = start_sleeper(own, marks)
    kill(psutil.Process(psutil.Process(pid).ppid()).ppid())
    wait_until(lambda: not is_alive(pid) and not is_alive(daemon), 2, "nothing of it survives")
    wait_until(lambda: len(starts(marks)) == 2, 5, "the task has started again")
    (marks / "go").touch()
    assert own.wait_for_run("sleeper", run) == "success"


def test_what_a_task_leaves_running_ends_with_it(own: Deployment, marks: Path):
    run, _, daemon = start_sleeper(own, marks)
    (marks / "go").touch()
    assert own.wait_for_run("sleeper", run) == "success"
    assert not is_alive(daemon)


def test_when_the_starter_is_gone_no_process_is_left_and_the_task_is_handed_back(
    own: Deployment, marks: Path
):
    run, pid, daemon = start_sleeper(own, marks)
    own.supervisor.stdin.close()
    wait_until(lambda: not own.processes(), 15, "no process is left")
    assert not is_alive(pid)
    assert not is_alive(daemon)
    assert own.ti("sleeper", run, "sleep").state == "none"
    own.start()
    wait_until(lambda: len(starts(marks)) == 2, what="the task has started again")
    (marks / "go").touch()
    assert own.wait_for_run("sleeper", run) == "success"


def test_a_killed_supervisor_leaves_no_process(own: Deployment):
    kill(own.supervisor.pid)
    wait_until(lambda: not own.processes(), 15, "no process is left")


def test_two_starters_one_scheduler_and_the_second_takes_over(own: Deployment):
    second = own.start_supervisor()
    first_scheduler = own.pid_of("scheduler")
    wait_until(lambda: second.pid in [p.pid for p in own.processes()], what="second stands by")
    commands = [process.cmdline()[-1] for process in own.processes() if process.cmdline()]
    assert commands.count("scheduler") == 1
    own.supervisor.stdin.close()
    wait_until(lambda: own.pid_of("scheduler") not in (None, first_scheduler), 15, "taken over")
    second.stdin.close()
    second.wait(15)


def test_a_task_over_its_time_limit_is_stopped_even_if_it_ignores_signals(own: Deployment):
    own.write(
        "stubborn.py",
        """
        import signal, time

        def ignore():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            while True:
                time.sleep(1)

        with DAG("stubborn", schedule=None, start_date=START, is_paused_upon_creation=False):
            PythonOperator(task_id="a", python_callable=ignore,
                           execution_timeout=timedelta(seconds=0.5))
        """,
    )
    run = own.trigger("stubborn")
    assert own.wait_for_run("stubborn", run, 25) == "failed"
    assert "execution_timeout of 0.5 s" in own.ti("stubborn", run, "a").reason


def test_a_person_can_stop_a_running_task(own: Deployment, marks: Path):
    run, pid, daemon = start_sleeper(own, marks)
    own.wish("sleeper", run, "sleep", "success")
    own.wait_for_state("sleeper", run, "sleep", "success")
    assert not is_alive(pid)
    assert not is_alive(daemon)


def test_a_stopped_agent_is_asked_politely_with_sigterm(own: Deployment):
    agent = own.pid_of("worker")
    os.kill(agent, signal.SIGTERM)
    wait_until(lambda: own.pid_of("worker") not in (None, agent), what="a new agent")


def test_a_bell_that_rings_while_the_agent_ends_is_no_error(own: Deployment):
    for _ in range(3):
        agent = own.pid_of("worker")
        os.kill(agent, signal.SIGTERM)
        while is_alive(agent):
            own.ringer.ring("agent")
        wait_until(lambda: own.pid_of("worker"), what="a new agent")
    assert "Traceback" not in (own.settings.logs_path / "agent.log").read_text()


def test_a_task_whose_agent_dies_awaits_the_child_run_that_it_had_started(
    own: Deployment, tmp_path: Path
):
    hold = tmp_path / "hold"
    hold.touch()
    own.write(
        "master.py",
        f"""
        import os, time
        from airflow.operators.trigger_dagrun import TriggerDagRunOperator

        class Held(TriggerDagRunOperator):
            def push_run(self, context, run):
                while os.path.exists({str(hold)!r}):
                    time.sleep(0.01)
                super().push_run(context, run)

        SWITCH = dict(schedule=None, start_date=START, is_paused_upon_creation=False)
        with DAG("child", **SWITCH):
            BashOperator(task_id="work", bash_command="true")
        with DAG("master", **SWITCH):
            Held(task_id="start", trigger_dag_id="child", wait_for_completion=True, poke_interval=1)
        """,
    )

    def children() -> list[str]:
        with own.db.read() as tx:
            return [row.run_id for row in list_runs(tx, "child", RunCriteria())]

    run = own.trigger("master")
    [first] = wait_until(children, what="the child is started")
    kill(own.pid_of("worker"))
    hold.unlink()
    assert own.wait_for_run("master", run, 30) == "success"
    assert children() == [first]
    assert own.ti("master", run, "start").try_number == 1
    assert "An attempt that was lost has started the run" in own.log("master", run, "start")
