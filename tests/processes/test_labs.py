"""Jupyter servers with the extension: who schedules, and what is left when they are closed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from deployment import wait_until

pytestmark = pytest.mark.processes


def command(process: psutil.Process) -> list[str]:
    """The process's command line; empty once it has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


class Servers:
    """Jupyter servers on one COUTURE_HOME."""

    def __init__(self, home: Path):
        self.home = home
        self.started: list[subprocess.Popen] = []

    def start(self) -> subprocess.Popen:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
                *(f"--port={port}", f"--ServerApp.root_dir={self.home}"),
                "--ServerApp.jpserver_extensions=couture_server=True",
            ],
            env={**os.environ, "COUTURE_HOME": str(self.home), "HOME": str(self.home)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def ours(self) -> list[psutil.Process]:
        """Every supervisor, scheduler, agent and zygote of this home."""
        found = {}
        for process in psutil.process_iter(["cmdline"]):
            line = process.info["cmdline"] or []
            if str(self.home) in line and any("couture_scheduler" in word for word in line):
                with contextlib.suppress(psutil.NoSuchProcess):
                    found[process.pid] = process
                    found |= {one.pid: one for one in process.children(recursive=True)}
        return list(found.values())

    def schedulers(self) -> list[int]:
        return [process.pid for process in self.ours() if command(process)[-1:] == ["scheduler"]]

    def stop(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        for process in self.ours():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.fixture
def servers(tmp_path: Path):
    home = tmp_path / "home"
    (home / "dags").mkdir(parents=True)
    found = Servers(home)
    yield found
    found.stop()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_closing_lab_leaves_no_process(servers: Servers, how: int):
    server = servers.start()
    wait_until(servers.schedulers, 20, "the scheduler runs")
    server.send_signal(how)
    server.wait(15)
    wait_until(lambda: not servers.ours(), 15, "no process is left")


ENDLESS = """
import sys, threading
from couture_scheduler.settings import Settings
from couture_scheduler.supervisor import start_solo

start_solo(Settings(home=sys.argv[1]))
threading.Thread(target=threading.Event().wait).start()
sys.stdin.read()
"""


def test_a_server_that_hangs_at_its_end_leaves_no_process(servers: Servers):
    arguments = [sys.executable, "-P", "-c", ENDLESS, str(servers.home)]
    server = subprocess.Popen(arguments, stdin=subprocess.PIPE)
    servers.started.append(server)
    wait_until(servers.schedulers, 20, "the scheduler runs")
    assert server.stdin is not None
    server.stdin.close()  # its main thread ends, another one does not
    wait_until(lambda: not _below(servers, server), 15, "no process is left")
    assert server.poll() is None


def _below(servers: Servers, server: subprocess.Popen) -> list[psutil.Process]:
    return [process for process in servers.ours() if process.pid != server.pid]


def test_two_labs_one_scheduler_and_the_second_takes_over(servers: Servers):
    first, second = servers.start(), servers.start()
    wait_until(lambda: len(_supervisors(servers)) == 2, 20, "both stand by")
    wait_until(servers.schedulers, 20, "the scheduler runs")
    assert len(servers.schedulers()) == 1
    owner = int((servers.home / "run" / "owner.lock").read_text())
    mine = {process.pid for process in psutil.Process(first.pid).children()}
    closed, other = (first, second) if owner in mine else (second, first)
    before = servers.schedulers()
    closed.kill()
    closed.wait()
    wait_until(lambda: (now := servers.schedulers()) and now != before, 20, "taken over")
    assert other.poll() is None


def _supervisors(servers: Servers) -> list[psutil.Process]:
    return [
        process for process in servers.ours() if "couture_scheduler.supervisor" in process.cmdline()
    ]
