"""The checker is checked: each planted bug turns it red, and the same scene without it is green."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from chaos import processes
from chaos.bugs import b13_audit_after_the_commit as audit_bug
from chaos.evidence import Fault
from chaos.scene import Scene
from chaos.stacks import SqliteStack
from chaos.stacks.base import wait_until
from chaos.workload import Schedule
from couture_scheduler.services import service

pytestmark = [pytest.mark.processes, pytest.mark.services]

CHAIN = """
with DAG("scene", **OPTIONS):
    python("first") >> python("second", seconds=1.5)
"""
SLOW = """
with DAG("scene", **OPTIONS):
    python("first", seconds=1)
"""
SLOWER = """
with DAG("scene", **OPTIONS):
    python("first", seconds=4) >> python("second")
"""
DAEMON = """
with DAG("scene", **OPTIONS):
    python("first", seconds=3, daemon=True)
"""
TELLS = """
with DAG("scene", **OPTIONS):
    python("first", tells=True) >> bash("second")
"""
NOTEBOOK = """
with DAG("scene", **OPTIONS):
    CoutureJupyterOperator(task_id="nb", input_nb="chaos.ipynb")
"""


def kill_the_agent(scene: Scene) -> None:
    """While the second task runs, and the first has succeeded."""
    scene.begin(CHAIN)
    scene.trigger()
    scene.wait_for("start", "second")
    scene.do("agent.kill")


def kill_the_agent_of_a_daemon(scene: Scene) -> None:
    """While a task runs that has left a process in a session of its own."""
    scene.begin(DAEMON)
    scene.trigger()
    scene.wait_for("start", "first")
    time.sleep(0.5)  # for the daemon, which nobody tells of
    scene.do("agent.kill")


def commit_fails(scene: Scene) -> None:
    """The aim has one transaction fail."""
    scene.begin(SLOW)
    scene.trigger()


def tell_a_secret(scene: Scene) -> None:
    """Tasks print it, log it and render it."""
    scene.begin(TELLS)
    scene.trigger()


def kill_the_kernel(scene: Scene) -> None:
    """Between the first cell and the last."""
    scene.begin(NOTEBOOK, cells=("start", "wait", "end"))
    scene.trigger()
    pid = scene.wait_for("start", "nb").pid
    now = time.time()
    processes.send(pid, signal.SIGKILL)
    scene.evidence.faults.append(Fault(0, "kernel.kill", now, now, (pid,)))


def second_agent_waits(scene: Scene) -> None:
    """It has been started while the first one runs a task to its end."""
    scene.begin(SLOWER)
    scene.trigger()
    scene.wait_for("start", "first")
    stack = scene.stack
    [first] = stack.of_role("agent")
    second = _start_like(first)
    stack.beside.append(second)
    wait_until(lambda: _is_waiting(second.pid), 10, "the second agent waits for the lock")
    scene.do("agent.term")


def _start_like(agent: processes.Process) -> subprocess.Popen:
    environment = {k: v for k, v in agent.environment.items() if k != "COUTURE_SUPERVISED"}
    return subprocess.Popen([sys.executable, *agent.arguments[1:]], env=environment)


def _is_waiting(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/wchan") as file:  # noqa: PTH123
        return "lock" in file.read()
    return False


def hours_are_due(scene: Scene) -> None:
    """A schedule of one hour, two hours ago, that is made up for."""
    start = (int(time.time()) // 3600 - 3) * 3600
    hour = time.gmtime(start + 3600).tm_hour
    one = Schedule("scene", start, cron=f"*/20 {hour}-{hour} * * *")
    scene.evidence.schedules = [one]
    scene.begin(
        f"""
with DAG("scene", **OPTIONS | dict(schedule={one.cron!r}, catchup=True,
         start_date=datetime.utcfromtimestamp({start}))):
    python("tick")
"""
    )
    wait_until(lambda: scene.scalar("SELECT count(*) FROM dag_run"), 10, "runs")
    scene.wait_for("end", "tick", 2)


SCENES: dict[str, tuple[Callable[[Scene], None], set[str]]] = {
    "b02_rescuer_ignores_the_state": (kill_the_agent, {"I1", "I10"}),
    "b03_recovery_acts_on_a_stale_list": (second_agent_waits, {"I1", "I10"}),
    "b05_started_before_the_commit": (commit_fails, {"I2"}),
    "b06_settled_before_the_commit": (commit_fails, {"I3"}),
    "b07_no_host_epoch": (kill_the_agent, {"I3", "I5"}),
    "b08_killpg": (kill_the_agent_of_a_daemon, {"I2"}),
    "b09_dead_kernel_is_success": (kill_the_kernel, {"I10", "G14"}),
    "secrets_are_not_masked": (tell_a_secret, {"G18"}),
    "b14_hours_read_as_any": (hours_are_due, {"I4"}),
}


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("bug", [True, False], ids=["planted", "not planted"])
def test_a_planted_bug_is_found_and_only_that(name: str, bug: bool):
    play, expected = SCENES[name]
    scene = Scene(SqliteStack, name, bug=bug)
    try:
        play(scene)
        found = scene.verdict(8 if expected & {"I3"} and bug else 25)
    finally:
        scene.close()
    if bug:
        assert expected <= {one.invariant for one in found}
    else:
        assert found == [], [scene.evidence.timeline(one.ti) for one in found if one.ti]


@pytest.mark.parametrize("bug", [True, False], ids=["planted", "not planted"])
def test_an_audit_row_that_is_written_after_the_commit_is_missed(bug: bool, monkeypatch):
    for name in ("_change", "_audit"):
        monkeypatch.setattr(service.Service, name, getattr(service.Service, name))
    scene = Scene(SqliteStack, "b13_audit_after_the_commit", bug=False)
    try:
        scene.begin(SLOW)
        audit_bug.AIM[service.__name__](service)
        if bug:
            audit_bug.BUG[service.__name__](service)
        with contextlib.suppress(audit_bug.Died):
            scene.trigger()
        monkeypatch.undo()
        found = {one.invariant for one in scene.verdict()}
    finally:
        scene.close()
    assert found == ({"I9"} if bug else set())
