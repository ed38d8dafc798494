"""The services of docker-compose.yml as plain processes: same commands, variables and checks.

What a container has of its own is replaced: names of hosts, ports, mount points. MariaDB stands in
where there is no MySQL.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
from deployment import wait_until
from sqlalchemy import create_engine, text

from servers import MariaDB, MySQL, RabbitMQ, free_port

ROOT = Path(__file__).parents[2]
OURS = ("hub", "service", "scheduler", "worker")
_COUTURE = (sys.executable, "-P", "-m", "couture_scheduler.cli.main")


class Composed:
    """All services, in a folder of their own."""

    def __init__(self, folder: Path, services: dict[str, Any]):
        folder.chmod(0o755)
        self.folder = folder
        self.services = services
        self.port, api = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database = MySQL() if MySQL.is_installed() else MariaDB()
        self.database.command += services["mysql"]["command"]
        self.broker = RabbitMQ()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._replaced = {
            "--ip=0.0.0.0": "--ip=127.0.0.1",
            "--port=8080": f"--port={self.port}",
            "127.0.0.1:8080": f"127.0.0.1:{self.port}",
            "hub:8080": f"127.0.0.1:{self.port}",
            "workflow:8081": f"127.0.0.2:{api}",
            "/run/secrets": str(folder / "secrets"),
            "/opt/couture/deploy": str(ROOT / "deploy"),
        }

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def start(self) -> None:
        """Start everything, as `docker compose up --wait` does."""
        self._make_secrets()
        self._start_servers()
        waiting = list(OURS)
        while waiting:
            ready = [name for name in waiting if not self._needs(name) & set(waiting)]
            for name in ready:
                self.start_one(name)
            for name in ready:
                wait_until(lambda name=name: self.is_healthy(name), 90, f"{name} is healthy")
            waiting = [name for name in waiting if name not in ready]

    def _needs(self, service: str) -> set[str]:
        return set(self.services[service]["depends_on"])

    def start_one(self, service: str, host: str | None = None) -> None:
        """Start one container of a service."""
        host = host or service
        with (self.folder / f"{host}.log").open("ab") as log:
            self.processes[host] = subprocess.Popen(
                [*_COUTURE, *map(self._here, self.services[service]["command"])],
                env=self._environment(service, host),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_healthy(self, service: str, host: str | None = None) -> bool:
        """Make the check of a service in one of its containers."""
        host = host or service
        assert self.processes[host].poll() is None, self.log(host)
        program, *arguments = map(self._here, self.services[service]["healthcheck"]["test"][1:])
        command = _COUTURE if program == "couture" else (sys.executable,)
        done = subprocess.run(
            [*command, *arguments], env=self._environment(service, host), capture_output=True
        )
        return done.returncode == 0

    def run(self, host: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run one of our commands in a container, as `docker compose exec` does."""
        environment = self._environment(host, host)
        return subprocess.run([*_COUTURE, *command], env=environment, capture_output=True)

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text().strip()

    def log(self, host: str) -> str:
        return (self.folder / f"{host}.log").read_text()[-3000:]

    def stop(self) -> list[str]:
        """End everything, and return what had to be killed."""
        family = [one for popen in self.processes.values() for one in _family(popen.pid)]
        for popen in self.processes.values():
            popen.terminate()
        _, alive = psutil.wait_procs(family, timeout=25)
        for one in alive:
            one.kill()
        for server in (self.broker, self.database):
            server.stop()
        return [" ".join(one.cmdline()) for one in alive if one.is_running()]

    def _make_secrets(self) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "COUTURE_SECRETS": str(self.folder / "secrets"),
            "COUTURE_HOME": str(self.home),
            "COUTURE_HUB_HOME": str(self.folder / "hub"),
            "COUTURE_UID": str(os.getuid()),
            "COUTURE_MYSQL": f"127.0.0.1:{self.database.port}",
            "COUTURE_RABBITMQ": f"127.0.0.1:{self.broker.port}",
        }
        subprocess.run([ROOT / "deploy" / "secrets.sh"], env=environment, check=True)

    def _start_servers(self) -> None:
        self.database.start()
        engine = create_engine(self.database.url)
        with engine.begin() as connection:
            password = self.secret("mysql/password")
            connection.execute(text(f"CREATE USER 'couture'@'%' IDENTIFIED BY '{password}'"))
            connection.execute(text("GRANT ALL ON couture.* TO 'couture'@'%'"))
        engine.dispose()
        self.broker.configure(self.folder / "secrets" / "rabbitmq")
        self.broker.start()

    def _environment(self, service: str, host: str) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("COUTURE_")}
        given = self.services[service]["environment"]
        [home] = [
            one.split(":")[0]
            for one in self.services[service]["volumes"]
            if one.split(":")[1] == "/var/lib/couture"
        ]
        return {
            **kept,
            **{name: self._here(text) for name, text in given.items()},
            "COUTURE_HOME": str(self.folder / home),
            "COUTURE_RUN_FOLDER": str(self.folder / f"run-{host}"),
            "COUTURE_HOST_NAME": host,
        }

    def _here(self, text: str) -> str:
        for there, here in self._replaced.items():
            text = text.replace(there, here)
        return text


def _family(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
