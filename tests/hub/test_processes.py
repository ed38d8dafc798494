"""The processes of the team shape: restarted in any order, and gone when they are to be gone."""

import contextlib
import itertools
import os
import random
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from deployment import is_alive, wait_until
from team import PASSWORD, Team, Visitor

pytestmark = pytest.mark.processes

DAG_FILE = """
from datetime import datetime
from couture_operators import DAG, BashOperator

with DAG("slow", start_date=datetime(2026, 1, 1), is_paused_upon_creation=False) as dag:
    last = None
    for number in range(12):
        task = BashOperator(task_id=f"t{number}", bash_command="sleep 0.7")
        if last:
            last >> task
        last = task
"""
PARTS = {
    "hub": ("couture_hub",),
    "proxy": ("couture_hub.proxy",),
    "service": ("couture_hub.service",),
    "scheduler": ("couture_scheduler.cli.main", "scheduler"),
}


def logged_in(team: Team) -> Visitor:
    team.set_superadmin()
    visitor = team.visitor()
    assert visitor.log_in("superadmin", PASSWORD).status == 302
    return visitor


def start_run(team: Team, token: str) -> str:
    (team.home / "dags" / "slow.py").write_text(DAG_FILE)
    wait_until(lambda: team.call(token, "GET", "v2/dags/slow")[0] == 200, 20, "the DAG is known")
    status, run = team.call(token, "POST", "v2/dags/slow/dagRuns", {"logical_date": None})
    assert status == 200, run
    return str(run["dag_run_id"])


def state_of(team: Team, token: str, run: str) -> str:
    with contextlib.suppress(ValueError, OSError):
        return str(team.call(token, "GET", f"v2/dags/slow/dagRuns/{run}")[1].get("state"))
    return "nobody answers"


@pytest.fixture
def own_team(tmp_path: Path):
    team = Team(tmp_path / "home")
    yield team
    with contextlib.suppress(psutil.NoSuchProcess):
        team.stop()


def test_restarts_in_any_order_lose_nothing(own_team: Team):
    team = own_team.start(stop_grace_seconds=2, trusted_proxies="127.0.0.1")
    visitor = logged_in(team)
    visitor.open_lab("superadmin")
    token = visitor.make_token()
    server = team.pid_of("couture_hub.user_server")
    run = start_run(team, token)

    order = list(itertools.chain(PARTS, random.Random(3).sample(list(PARTS), len(PARTS))))
    for part, how in zip(order, itertools.cycle([signal.SIGKILL, signal.SIGTERM]), strict=False):
        _restart(team, part, how)
        assert visitor.cookie("jupyterhub-hub-login")
        answer = wait_until(lambda: _home(visitor), 20, "the Hub answers")
        assert answer == 200, f"the session ended with the restart of {part}"
    assert team.pid_of("couture_hub.user_server") == server, "the Lab was restarted"
    assert visitor.ask("/user/superadmin/workflow/api/couture/me").status == 200

    wait_until(lambda: state_of(team, token, run) == "success", 40, "the run succeeds")
    _, listed = team.call(token, "GET", f"v2/dags/slow/dagRuns/{run}/taskInstances")
    tries = {one["task_id"]: one["try_number"] for one in listed["task_instances"]}  # type: ignore
    assert len(tries) == 12
    assert set(tries.values()) == {1}
    assert team.visitor().log_in("superadmin", PASSWORD).status == 302

    assert "secure" not in _session_cookie(team, {})
    assert "secure" in _session_cookie(team, {"X-Forwarded-Proto": "https"})


def _session_cookie(team: Team, headers: dict[str, str]) -> str:
    """Log in through the declared proxy, which says what is in `headers`; return the cookie."""
    visitor = team.visitor()
    form = {"username": "superadmin", "password": PASSWORD, "_xsrf": visitor.xsrf("/hub/login")}
    set_cookies = visitor.ask("/hub/login", form, headers=headers).headers.get_all("Set-Cookie")
    return next(one for one in set_cookies if one.startswith("jupyterhub-hub-login")).lower()


def _restart(team: Team, part: str, how: int) -> None:
    old = wait_until(lambda: team.pid_of("-m", *PARTS[part]), 20, f"{part} runs")
    os.kill(old, how)
    wait_until(lambda: not is_alive(old), 10, f"{part} ends")
    wait_until(lambda: (team.pid_of("-m", *PARTS[part]) or old) != old, 20, f"{part} is back")


def _home(visitor: Visitor) -> int | None:
    try:
        status = visitor.ask("/hub/home").status
    except OSError:
        return None
    return None if status == 503 else status


@pytest.mark.parametrize(
    "how",
    [signal.SIGINT, signal.SIGHUP, signal.SIGKILL],  # SIGTERM: as every team is ended
    ids=["Ctrl-C", "terminal gone", "SIGKILL"],
)
def test_nothing_is_left_after_the_end(own_team: Team, how: signal.Signals):
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),  # as under `&` in a script
        signal.SIGHUP: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # though we may be under nohup
    }
    try:
        team = own_team.start(stop_grace_seconds=3)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    visitor = logged_in(team)
    visitor.open_lab("superadmin")
    run = start_run(team, token := visitor.make_token())
    wait_until(lambda: state_of(team, token, run) == "running", 20, "the run runs")
    family = team.processes()
    assert len(family) > 7
    assert team.process is not None
    team.process.send_signal(how)
    _, alive = psutil.wait_procs(family, timeout=15)
    assert not [one for one in alive if is_alive(one.pid)]


def test_a_home_and_a_port_have_one_team(own_team: Team):
    team = own_team.start()
    command = [team.python, "-P", "-m", "couture_scheduler.cli.main", "--home", str(team.home)]
    routes = (team.home / "hub" / "routes.json").read_text()
    second = subprocess.run(
        [*command, "start", "--port=0", "--no-browser"], capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1
    assert f"already runs on {team.home}" in second.stderr
    assert (team.home / "hub" / "routes.json").read_text() == routes
    command[-1] = str(team.home.parent / "other")
    third = subprocess.run(
        [*command, "start", f"--port={team.port}", "--no-browser"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert third.returncode == 1
    assert f"Port {team.port}" in third.stderr
    assert "--port" in third.stderr
    assert logged_in(team).is_logged_in()


def test_a_lab_that_died_is_started_again_after_the_hub_was(own_team: Team):
    team = own_team.start()
    visitor = logged_in(team)
    visitor.open_lab("superadmin")
    _restart(team, "hub", signal.SIGKILL)
    old = team.pid_of("couture_hub.user_server")
    assert old is not None
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: not is_alive(old), 5, "the Lab is dead")
    wait_until(lambda: _home(visitor) == 200, 20, "the Hub answers")

    def again() -> bool:
        visitor.open_lab("superadmin")
        return team.pid_of("couture_hub.user_server") not in (None, old)

    wait_until(again, 60, "another Lab")
