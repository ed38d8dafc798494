"""Real scheduler and agent processes on a COUTURE_HOME of their own, started and ended by pid."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from migrated import open_database
from new_run import make_run

from couture_scheduler.ipc import Ringer
from couture_scheduler.settings import Settings
from couture_scheduler.store import dags, runs
from couture_scheduler.store.attempts import wish
from couture_scheduler.worker.running import log_path

HEADER = """
from datetime import datetime, timedelta
from couture_operators import DAG, BashOperator, PythonOperator
START = datetime(2026, 11, 1)
"""


def wait_until(condition: Callable[[], Any], seconds: float = 15, what: str = "") -> Any:
    """Return the first true value of `condition`; fail when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s: {what or condition.__name__}")


class Deployment:
    def __init__(self, home: Path, **options: Any):
        self.settings = Settings(home=str(home), **options)
        self.settings.make_folders()
        lines = [f"c.Settings.{name} = {value!r}" for name, value in options.items()]
        (home / "couture_config.py").write_text("\n".join(lines))
        self.db = open_database(self.settings)
        self.ringer = Ringer(self.settings.bells_path)
        self.supervisor: subprocess.Popen | None = None

    def start(self) -> "Deployment":
        self.supervisor = self.start_supervisor()
        wait_until(lambda: self.pid_of("scheduler") and self.pid_of("worker"), what="both started")
        return self

    def start_supervisor(self) -> subprocess.Popen:
        return subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "couture_scheduler.supervisor"),
                *("--home", self.settings.home),
            ],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def stop(self) -> None:
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(self.processes(), timeout=5)
        if self.supervisor is not None:
            self.supervisor.wait(5)
        self.db.close()

    def processes(self) -> list[psutil.Process]:
        """All processes of this deployment: those that name its home, and everything below them."""
        found = {}
        for process in psutil.process_iter(["cmdline"]):
            if self.settings.home in (process.info["cmdline"] or []):
                try:
                    for one in [process, *process.children(recursive=True)]:
                        found[one.pid] = one
                except psutil.NoSuchProcess:
                    continue
        return list(found.values())

    def pid_of(self, command: str) -> int | None:
        for process in psutil.process_iter(["cmdline"]):
            line = process.info["cmdline"] or []
            if self.settings.home in line and line[-1] == command:
                return process.pid
        return None

    def write(self, name: str, text: str, header: str = HEADER) -> Path:
        path = self.settings.dags_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(header + textwrap.dedent(text))
        return path

    def dag(self, dag_id: str) -> Any | None:
        with self.db.read() as tx:
            row = dags.find_dag(tx, dag_id)
        return row if row is not None and row.is_active else None

    def wait_for_dag(self, dag_id: str) -> Any:
        return wait_until(lambda: self.dag(dag_id), 60, what=f"DAG {dag_id} known")

    def import_error(self, path: str) -> Any | None:
        from sqlalchemy import select

        from couture_scheduler.db.tables import import_error

        with self.db.read() as tx:
            return tx.first(select(import_error).where(import_error.c.path == path))

    def trigger(self, dag_id: str, conf: dict | None = None) -> str:
        self.wait_for_dag(dag_id)
        with self.db.write() as tx:
            run_id = make_run(tx, dag_id, conf=conf)
        self.ringer.ring("scheduler")
        return run_id

    def wish(self, dag_id: str, run_id: str, task_id: str, what: str) -> None:
        with self.db.write() as tx:
            assert wish(tx, self.ti(dag_id, run_id, task_id).id, what)
        self.ringer.ring("agent")

    def ti(self, dag_id: str, run_id: str, task_id: str) -> Any:
        with self.db.read() as tx:
            return runs.find_ti(tx, runs.get_run(tx, dag_id, run_id).id, task_id)

    def wait_for_state(
        self, dag_id: str, run_id: str, task_id: str, *states: str, seconds: float = 15
    ) -> Any:
        def reached() -> Any:
            row = self.ti(dag_id, run_id, task_id)
            return row if row.state in states else None

        try:
            return wait_until(reached, seconds)
        except AssertionError:
            row = self.ti(dag_id, run_id, task_id)
            raise AssertionError(f"{task_id} is {row.state} ({row.reason}), not {states}") from None

    def wait_for_run(self, dag_id: str, run_id: str, seconds: float = 20) -> str:
        def ended() -> str | None:
            with self.db.read() as tx:
                state = runs.get_run(tx, dag_id, run_id).state
            return state if state in ("success", "failed") else None

        return wait_until(ended, seconds, f"run {run_id} of {dag_id} ended")

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int = 1) -> str:
        path = log_path(self.settings.logs_path, dag_id, run_id, task_id, try_number)
        return path.read_text() if path.exists() else ""


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
