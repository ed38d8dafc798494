"""What every stack has: a home, processes that a supervisor keeps alive, and faults to them."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from migrated import open_database

from chaos import processes
from chaos.faults import Kind, disk, process_faults
from chaos.processes import MARK, Process
from couture_scheduler.settings import Settings

_TESTS = Path(__file__).parents[2]


class Stack:
    """One deployment in a folder of its own.

    Attributes:
        home: its COUTURE_HOME.
        ledger: the folder that tasks write to, outside the product.
        beside: processes that were started beside those of the supervisor.
        has_long_faults: whether it may be given faults that last longer than a lease.
        not_applied: kinds of faults that this stack cannot be given, with the reason.
    """

    name = "stack"
    has_long_faults = True
    not_applied: dict[str, str] = {}

    def __init__(self, environment: dict[str, str] | None = None, **options: Any):
        self.folder = Path(tempfile.mkdtemp(prefix=f"chaos-{self.name}-"))
        self.home, self.ledger = self.folder / "home", self.folder / "ledger"
        (self.ledger / "locks").mkdir(parents=True)
        self.mark = uuid.uuid4().hex
        self.second: dict[str, str] = {}
        self._environment = environment or {}
        self._supervisor: subprocess.Popen[bytes] | None = None
        self.beside: list[subprocess.Popen[bytes]] = []
        self.disk: disk.SmallDisk | None = None
        self.prepare()
        given = {"slots": 16, "stop_grace_seconds": 4.0, **self.options(), **options}
        self.settings = Settings(home=str(self.home), **given)
        self.settings.make_folders()
        lines = [f"c.Settings.{name} = {value!r}" for name, value in given.items()]
        (self.home / "couture_config.py").write_text("\n".join(lines))
        open_database(self.settings).close()

    def prepare(self) -> None:
        """Start what the deployment needs before it can start itself."""

    def options(self) -> dict[str, Any]:
        """Return the settings that make it this stack."""
        return {}

    @property
    def direct_url(self) -> str:
        """Where the database is, past every proxy."""
        return self.settings.db_url

    def use_small_disk(self) -> None:
        """Have logs on a disk that can be filled; as root only."""
        try:
            self.disk = disk.SmallDisk(self.settings.logs_path)
        except OSError as error:
            self.not_applied = {**self.not_applied, "disk.full": str(error)}

    def start(self) -> None:
        """Start the supervisor and wait for what it keeps alive."""
        known = {"CHAOS_SECOND": json.dumps(self.second)}
        with (self.folder / "supervisor.log").open("ab") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-P", "-m", "chaos.supervise", str(self.home)],
                stdin=subprocess.PIPE,
                stderr=log,
                env=self.environment() | known,
                start_new_session=True,
            )
        wait_until(lambda: len(self.of_role("scheduler")) == 2, 30, "two schedulers")
        wait_until(lambda: self.of_role("agent"), 30, "an agent")

    def environment(self) -> dict[str, str]:
        """Return the environment by which the processes are known."""
        given = {**os.environ, **self._environment}
        paths = (given.get("PYTHONPATH", ""), str(_TESTS), str(_TESTS / "support"))
        return {**given, MARK: self.mark, "PYTHONPATH": os.pathsep.join(filter(None, paths))}

    def end(self) -> list[Process]:
        """Have it end as when its starter is gone; return the processes that are left."""
        if self._supervisor is None:
            return []
        assert self._supervisor.stdin is not None
        for one in self.beside:
            one.terminate()
            one.wait(15)
        self._supervisor.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._supervisor.wait(30)
        self._supervisor = None
        return self.processes()

    def stop(self) -> None:
        """End whatever is left of it and remove its folder."""
        for one in self.processes():
            processes.send(one.pid, signal.SIGKILL)
        for one in (*self.beside, *([self._supervisor] if self._supervisor else [])):
            one.wait(10)
        if self.disk is not None:
            self.disk.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def faults(self) -> dict[str, Kind]:
        """Return the kinds of faults that it can be given, by name."""
        kinds = process_faults(self)
        if self.disk is not None:
            kinds["disk.full"] = disk.full(self.disk)
        return kinds

    def processes(self) -> list[Process]:
        """Return all its processes."""
        return processes.find(self.mark)

    def of_role(self, role: str) -> list[Process]:
        """Return its processes of one kind, schedulers in the order of their names."""
        found = [one for one in self.processes() if processes.role(one) == role]
        return sorted(found, key=lambda one: one.environment.get("COUTURE_HOST_NAME", ""))


def wait_until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Return the first true value of a condition; fail when the time is over."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)
    return value
