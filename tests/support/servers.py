"""Real servers for tests, from Debian's packages: private port and folder, ended by pid."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import psutil

_SECONDS = 60


class Server:
    """A server process on 127.0.0.1 with a folder of its own.

    Attributes:
        port: where it listens; the same after it was killed and started again.
    """

    command: list[str]
    account: str  #: runs it where the tests are run by root
    readable: ClassVar = {}  #: has a URL's connection be one that a proxy can read
    missing = "no such server here: apt-get install mariadb-server postgresql rabbitmq-server"

    @classmethod
    def is_installed(cls) -> bool:
        """Say whether this machine has it."""
        raise NotImplementedError

    def __init__(self) -> None:
        assert self.is_installed(), self.missing
        self.folder = Path(tempfile.mkdtemp(prefix=f"{type(self).__name__.lower()}-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        if self.runs_as:
            shutil.chown(self.folder, self.runs_as, self.runs_as)
        self.prepare()

    @property
    def runs_as(self) -> str | None:
        """Whose account runs it; None = ours."""
        return self.account if os.geteuid() == 0 else None

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
        if self.runs_as is None:
            return {}
        return {"user": self.runs_as, "group": self.runs_as, "extra_groups": []}


class MariaDB(Server):
    """MariaDB with an empty database `couture`."""

    account = "mysql"

    @classmethod
    def is_installed(cls) -> bool:
        """Say whether this machine has it."""
        return Path("/usr/sbin/mariadbd").exists()

    def prepare(self) -> None:
        """Make the system tables."""
        data = self.folder / "data"
        self.run(
            *(
                "mariadb-install-db",
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
            ),
            *("--skip-test-db", "--skip-name-resolve"),
            f"--tmpdir={self.folder}",  # in a common one each removes what the others are using
        )
        self.command = [
            *("/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--port={self.port}"),
            *("--bind-address=127.0.0.1", f"--socket={self.folder}/socket"),
            *(f"--pid-file={self.folder}/pid", "--skip-name-resolve", "--skip-log-bin"),
            f"--tmpdir={self.folder}",
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


class MySQL(Server):
    """MySQL with an empty database `couture`, from the folder that `COUTURE_TEST_MYSQL` names.

    Debian's stable releases have none: it comes with the libraries of the release that it is from.
    """

    account = "mysql"
    readable: ClassVar = {"ssl_disabled": "true"}
    missing = "no MySQL here: .ci/mysql FOLDER gets one, COUTURE_TEST_MYSQL=FOLDER names it"
    _PASSWORD = "by sha2"  #: MySQL asks for it in a way of its own
    _SETUP = (
        "CREATE DATABASE IF NOT EXISTS couture;\n"
        f"CREATE USER IF NOT EXISTS tester@'%' IDENTIFIED BY '{_PASSWORD}';\n"
        "GRANT ALL ON *.* TO tester@'%' WITH GRANT OPTION;\n"
    )

    @classmethod
    def is_installed(cls) -> bool:
        """Say whether this machine has it."""
        return bool(os.environ.get("COUTURE_TEST_MYSQL"))

    def prepare(self) -> None:
        """Make the system tables."""
        root, data, setup = os.environ["COUTURE_TEST_MYSQL"], self.folder / "data", "setup.sql"
        (self.folder / setup).write_text(self._SETUP)
        program = [
            *(f"{root}/lib64/ld-linux-x86-64.so.2", "--library-path"),
            *(f"{root}/usr/lib/x86_64-linux-gnu", f"{root}/usr/sbin/mysqld", "--no-defaults"),
            *(f"--basedir={root}/usr", f"--datadir={data}", f"--tmpdir={self.folder}"),
            *("--secure-file-priv=NULL", "--mysqlx=OFF"),
        ]
        self.run(*program, "--initialize-insecure")
        self.command = [
            *(*program, f"--init-file={self.folder / setup}", f"--port={self.port}"),
            *("--bind-address=127.0.0.1", f"--socket={self.folder}/socket"),
            *(f"--pid-file={self.folder}/pid", "--skip-name-resolve"),
            *("--innodb-buffer-pool-size=64M", "--innodb-redo-log-capacity=64M"),
        ]

    @property
    def url(self) -> str:
        """Where its database is."""
        password = quote(self._PASSWORD)
        return f"mysql+pymysql://tester:{password}@127.0.0.1:{self.port}/couture"

    def is_ready(self) -> bool:
        """Say whether it answers."""
        import pymysql

        try:
            pymysql.connect(
                host="127.0.0.1", port=self.port, user="tester", password=self._PASSWORD
            ).close()
        except pymysql.err.OperationalError:
            return False
        return True


class PostgreSQL(Server):
    """PostgreSQL with an empty database `postgres`."""

    account = "postgres"

    @classmethod
    def is_installed(cls) -> bool:
        """Say whether this machine has it."""
        return any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))

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

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it with the processes of its connections: while one lives, no other server starts."""
        assert self.process is not None
        family = psutil.Process(self.process.pid).children(recursive=True)
        super().kill(number)
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(family, timeout=_SECONDS)

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


class RabbitMQ(Server):
    """RabbitMQ, and the `epmd` that its node needs, of its own."""

    account = "rabbitmq"
    _GREETING = b"AMQP\x00\x00\x09\x01"

    @classmethod
    def is_installed(cls) -> bool:
        """Say whether this machine has it."""
        return Path("/usr/sbin/rabbitmq-server").exists()

    def prepare(self) -> None:
        """Write down what is its own; else it would take the machine's."""
        self._names: subprocess.Popen[bytes] | None = None
        self._names_port = str(free_port())
        (self.folder / "plugins").write_text("[].\n")
        environment = {
            "HOME": self.folder,  # of the cookie
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": self._names_port,
            "RABBITMQ_NODENAME": f"couture{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": self.port,
            "RABBITMQ_DIST_PORT": free_port(),
            "RABBITMQ_MNESIA_BASE": self.folder / "data",
            "RABBITMQ_LOG_BASE": self.folder / "logs",
            "RABBITMQ_CONFIG_FILE": self.folder / "no-configuration",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.folder / "plugins",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RUNNING_UNDER_SYSTEMD": "true",  # no shell between us and the server
        }
        self.command = [
            *("env", *(f"{name}={value}" for name, value in environment.items())),
            "/usr/lib/rabbitmq/bin/rabbitmq-server",  # Debian's own wants the machine's folders
        ]

    @property
    def url(self) -> str:
        """Where it listens, with its one account."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def configure(self, folder: Path) -> None:
        """Have it read a copy of a folder's files *.conf when it starts."""
        here = shutil.copytree(folder, self.folder / "mounted")
        here.chmod(0o755)
        self.command.insert(1, f"RABBITMQ_CONFIG_FILES={here}")

    def start(self) -> None:
        """Start it and wait until it answers; `epmd` stays through a kill."""
        if self._names is None:
            command = ["epmd", "-port", self._names_port, "-address", "127.0.0.1"]
            quiet = subprocess.DEVNULL
            self._names = subprocess.Popen(command, stdout=quiet, stderr=quiet, **self._who())
            wait_until(lambda: _listens(int(self._names_port)), lambda: "epmd did not start")
        super().start()

    def is_ready(self) -> bool:
        """Say whether it begins to speak AMQP."""
        with contextlib.suppress(OSError), socket.socket() as one:
            one.settimeout(2)
            one.connect(("127.0.0.1", self.port))
            one.sendall(self._GREETING)
            return one.recv(1) == b"\x01"
        return False

    def stop(self) -> None:
        """End it and its `epmd` for good."""
        super().stop()
        if self._names is not None:
            self._names.kill()
            self._names.wait(_SECONDS)


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port that nobody listens on, and that no outgoing connection will take meanwhile."""
    while True:
        port = random.randrange(15_000, 32_000)  # below those that Linux gives to connections
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def wait_until(condition: Callable[[], bool], why: Callable[[], str]) -> None:
    """Wait for a condition; fail with `why` when the time is over."""
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)
