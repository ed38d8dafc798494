"""A cluster as processes: a scheduler host and worker hosts, started by the product's own commands.

Each host has a name and a run folder of its own; database, broker and COUTURE_HOME are shared.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
from deployment import Deployment, wait_until
from sqlalchemy import select

from couture_scheduler.db.tables import attempt
from couture_scheduler.executors.bridge import Bridge
from couture_scheduler.executors.encryption import encryption
from couture_scheduler.store import hosts


class Cluster(Deployment):
    """A deployment whose hosts are started by name."""

    def __init__(self, home: Path, db_url: str, broker_url: str, **options: Any):
        super().__init__(home, db_url=db_url, executor="celery", broker_url=broker_url, **options)
        self._home = home
        self.hosts: dict[str, subprocess.Popen] = {}
        lock = self.settings.run_path / "bridge.lock"
        self._bridge = Bridge(broker_url, self.settings.bells_path, lock, encryption(self.settings))

    def start(self) -> "Cluster":
        self.start_host("s1", "scheduler")
        self.start_host("w1", "worker")
        self.wait_for_hosts("w1")
        return self

    def start_host(
        self, name: str, *command: str, home: Path | None = None, **environment: str
    ) -> subprocess.Popen:
        """Start a host's supervisor: its command line names COUTURE_HOME.

        Args:
            home: of a host that does not share the others' disk.
        """
        own = {"COUTURE_HOST_NAME": name, "COUTURE_RUN_FOLDER": str(self._home / f"run-{name}")}
        log = (self._home / f"{name}.log").open("ab")
        self.hosts[name] = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "couture_scheduler.cli.main"),
                *("--home", str(home or self._home), *command),
            ],
            env={**os.environ, **own, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        return self.hosts[name]

    def wait_for_hosts(self, *names: str, seconds: float = 30) -> None:
        def there() -> bool:
            with self.db.read() as tx:
                return set(names) <= set(hosts.list_present(tx))

        wait_until(there, seconds, f"hosts {names} are there")

    def stop_host(self, name: str, seconds: float = 30) -> int:
        self.hosts[name].terminate()
        return self.hosts.pop(name).wait(seconds)

    def stop(self) -> None:
        self._bridge.close()
        for name in list(self.hosts):
            self.kill_host(name)
        super().stop()

    def pid_on(self, name: str, command: str) -> int | None:
        """Return the pid of a host's agent ("worker"), consumer or scheduler."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.hosts[name].pid).children():
                if child.cmdline()[-1:] == [command]:
                    return child.pid
        return None

    def kill_host(self, name: str) -> None:
        """Have a whole host die: all its processes at once."""
        supervisor = self.hosts.pop(name)
        with contextlib.suppress(psutil.NoSuchProcess):
            host = psutil.Process(supervisor.pid)
            host.suspend()  # it starts nothing again
            for process in host.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.suspend()
            for process in [host, *host.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        supervisor.wait(10)

    def live_attempt(self, dag_id: str, run_id: str, task_id: str) -> Any:
        """Return the attempt row that is queued or running."""
        ti = self.ti(dag_id, run_id, task_id)
        with self.db.read() as tx:
            return tx.first(select(attempt).where(attempt.c.live_ti_id == ti.id))
