"""Real database servers for tests, from Debian's packages: private port and folder, ended by pid."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_SECONDS = 60


class Server:
    """A server process on 127.0.0.1 with a folder of its own.

    Attributes:
        port: where it listens; the same after it was killed and started again.
    """

    command: list[str]
    account: str  #: runs it where the tests are run by root

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"{type(self).__name__.lower()}-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.account, self.account)
        self.prepare()

    def prepare(self) -> None:
        """Make its data folder."""

    def is_ready(self) -> bool:
        """Say whether it answers."""
        raise NotImplementedError

    def run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run a program of the server's to its end."""
        done = subprocess.run(command, capture_output=True, check=False, **self._who())
        assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        return done

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = self.folder / "server.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out, **self._who())
        wait_until(self.is_ready, lambda: log.read_text(errors="replace")[-2000:])

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it, and wait until it is gone."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(_SECONDS)

    def stop(self) -> None:
        """End it for good and remove its folder."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _who(self) -> dict:
        if os.geteuid() != 0:
            return {}
        return {"user": self.account, "group": self.account, "extra_groups": []}


class MariaDB(Server):
    """MariaDB with an empty database `couture`."""

    account = "mysql"

    def prepare(self) -> None:
        """Make the system tables."""
        data = self.folder / "data"
        self.run("mariadb-install-db", f"--datadir={data}", "--auth-root-authentication-method=normal",
                 "--skip-test-db", "--skip-name-resolve")  # fmt: skip
        self.command = [
            *("/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--port={self.port}"),
            *("--bind-address=127.0.0.1", f"--socket={self.folder}/socket"),
            *(f"--pid-file={self.folder}/pid", "--skip-name-resolve", "--skip-log-bin"),
            *("--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M"),
        ]

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/couture"

    def is_ready(self) -> bool:
        """Say whether it answers; make the database where there is none."""
        import pymysql

        try:
            with pymysql.connect(host="127.0.0.1", port=self.port, user="root") as connection:
                connection.cursor().execute(
                    "CREATE DATABASE IF NOT EXISTS couture CHARACTER SET utf8mb4"
                )
        except pymysql.err.OperationalError:
            return False
        return True


class PostgreSQL(Server):
    """PostgreSQL with an empty database `postgres`."""

    account = "postgres"

    def prepare(self) -> None:
        """Make the cluster."""
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        data = self.folder / "data"
        self.run(str(programs / "initdb"), "--auth=trust", "--encoding=UTF8", "--no-sync",
                 "--username=postgres", "-D", str(data))  # fmt: skip
        self.command = [
            *(str(programs / "postgres"), "-D", str(data), "-p", str(self.port)),
            *("-h", "127.0.0.1", "-k", str(self.folder)),
        ]

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def is_ready(self) -> bool:
        """Say whether it answers."""
        import psycopg

        try:
            psycopg.connect(host="127.0.0.1", port=self.port, user="postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until(condition: Callable[[], bool], why: Callable[[], str]) -> None:
    """Wait for a condition; fail with `why` when the time is over."""
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)
