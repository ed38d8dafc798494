"""Celery over RabbitMQ: two scheduler hosts and two worker hosts, each with a supervisor of its own."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from kombu.connection import Connection

from chaos import processes
from chaos.faults import Kind, Pick, Touched
from chaos.faults.network import answers_lost, network_faults
from chaos.plan import Range
from chaos.processes import Process
from chaos.proxy import Proxy
from chaos.stacks.base import wait_until
from chaos.stacks.servers import MariaDBStack, MySQLStack, PostgreSQLStack, ServerStack
from couture_scheduler.executors.celery_app import DEFAULT_QUEUE, RUN_ATTEMPT, make_app
from servers import RabbitMQ

_HOSTS = {"s1": "scheduler", "s2": "scheduler", "w1": "worker", "w2": "worker"}
_WORKERS = ("w1", "w2")
_FAR = "w2"  #: has a way of its own to the database


class ClusterStack(ServerStack):
    """Any database server, the broker behind a proxy, and a way of its own to the database for w2."""

    def prepare(self) -> None:
        """Start the servers and the proxies before them."""
        super().prepare()
        self.broker = RabbitMQ()
        self.broker.start()
        self.to_broker, self.far = Proxy(self.broker.port), Proxy(self.server.port)
        self._hosts: dict[str, subprocess.Popen[bytes]] = {}

    def options(self) -> dict[str, Any]:
        """Name the broker by the proxy's port."""
        url = f"amqp://guest:guest@127.0.0.1:{self.to_broker.port}//"
        return {**super().options(), "executor": "celery", "broker_url": url, "slots": 16}

    def start(self) -> None:
        """Start every host's supervisor."""
        for name in _HOSTS:
            self._start_host(name)
        wait_until(lambda: len(self.of_role("scheduler")) == 2, 60, "two schedulers")
        wait_until(lambda: len(self.of_role("consumer")) == 2, 60, "two worker hosts")

    def _start_host(self, name: str) -> None:
        own = {"COUTURE_HOST_NAME": name, "COUTURE_RUN_FOLDER": str(self.folder / f"run-{name}")}
        if name == "s2":
            own |= self.second
        if name == _FAR:
            own["COUTURE_DB_URL"] = self._through(self.far)
        with (self.settings.logs_path / f"host-{name}.log").open("ab") as log:
            self._hosts[name] = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "couture_scheduler.cli.main"),
                    *("--home", str(self.home), _HOSTS[name]),
                ],
                stdout=log,
                stderr=log,
                env=self.environment() | own,
                start_new_session=True,
            )

    def end(self) -> list[Process]:
        """Stop every host as an operator does; return the processes that are left."""
        for host in self._hosts.values():
            host.terminate()
        for host in self._hosts.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                host.wait(30)
        return self.processes()

    def stop(self) -> None:
        """End the deployment, the proxies and the servers."""
        for one in self.processes():
            processes.send(one.pid, signal.SIGKILL)
        for host in self._hosts.values():
            host.wait(10)
        super().stop()
        for proxy in (self.to_broker, self.far):
            proxy.close()
        self.broker.stop()

    def faults(self) -> dict[str, Kind]:
        """Add what can happen to the broker, to the ways there, and to one host alone."""
        kinds = {**super().faults(), **network_faults("broker", self.to_broker)}
        far = {**network_faults("far", self.far), "far.answers_lost": answers_lost(self.far)}
        # only one host is cut off: the others go on
        kinds |= {name: Kind(one.range, one.apply, outage_of=_FAR) for name, one in far.items()}
        kinds["broker.kill"] = Kind(Range(2, 0, 5), self._broker_down, outage=True)
        kinds["broker.pause"] = Kind(Range(1, 1, 15), self._broker_paused, outage=True)
        kinds["broker.purge"] = Kind(Range(1), self._purged, outage=True)
        kinds["broker.double"] = Kind(Range(1), self._doubled)
        kinds["power.cut"] = kinds.pop("host.kill")  # all hosts at once
        kinds["host.kill"] = Kind(Range(1), self._host_killed)
        kinds["worker.restart"] = Kind(Range(1, 0, 2), self._restarted)
        return kinds | (self._long_faults() if self.has_long_faults else {})

    def _long_faults(self) -> dict[str, Kind]:
        """Return what lasts longer than a lease, so that hosts are taken over."""
        return {
            "worker.away": Kind(Range(0.3, 38, 45), self._killed),
            "worker.frozen": Kind(Range(0.3, 38, 45), self._frozen),
            "far.gone": Kind(Range(0.3, 38, 45), self._cut_off, outage_of=_FAR),
        }

    def _below(self, name: str) -> list[Process]:
        everyone = self.processes()
        pids = processes.below({self._hosts[name].pid}, everyone)
        return [one for one in everyone if one.pid in pids]

    @contextlib.contextmanager
    def _host_killed(self, pick: Pick) -> Iterator[Touched]:
        """Kill all processes of one host but its supervisor, which starts them again."""
        name = pick.of(tuple(_HOSTS))
        pids = [one.pid for one in self._below(name) if processes.role(one) != "supervisor"]
        for pid in pids:
            processes.send(pid, signal.SIGKILL)
        yield Touched(sorted(pids), [name], host=True)

    @contextlib.contextmanager
    def _killed(self, pick: Pick) -> Iterator[Touched]:
        name = pick.of(_WORKERS)
        pids = [one.pid for one in self._below(name)]
        processes.stop_all(pids)
        pids = sorted({*pids, *(one.pid for one in self._below(name))})
        for pid in pids:
            processes.send(pid, signal.SIGKILL)
        self._hosts[name].wait(10)
        try:
            yield Touched(pids, [name], host=True)
        finally:
            self._start_host(name)

    @contextlib.contextmanager
    def _restarted(self, pick: Pick) -> Iterator[Touched]:
        """Stop a worker host as an operator does, and start it again."""
        name = pick.of(_WORKERS)
        pids = sorted(one.pid for one in self._below(name))
        self._hosts[name].terminate()
        try:
            yield Touched(pids, [name], host=True)
        finally:
            self._hosts[name].wait(30)
            self._start_host(name)

    @contextlib.contextmanager
    def _frozen(self, pick: Pick) -> Iterator[Touched]:
        """Stop an agent for longer than its lease: its zygotes have to end what it ran."""
        name = pick.of(_WORKERS)
        agents = [one.pid for one in self._below(name) if processes.role(one) == "agent"]
        touched = Touched(sorted(one.pid for one in self._below(name)), [name], host=True)
        processes.stop_all(agents)
        try:
            yield touched
        finally:
            for pid in agents:
                processes.send(pid, signal.SIGCONT)

    @contextlib.contextmanager
    def _cut_off(self, _pick: Pick) -> Iterator[Touched]:
        """Cut one host off the database for longer than its lease."""
        touched = Touched(sorted(one.pid for one in self._below(_FAR)), host=True)
        self.far.refuses = True
        self.far.reset()
        try:
            yield touched
        finally:
            self.far.heal()

    @contextlib.contextmanager
    def _broker_down(self, _pick: Pick) -> Iterator[Touched]:
        self.broker.kill(signal.SIGKILL)
        try:
            yield Touched()
        finally:
            self.broker.start()

    @contextlib.contextmanager
    def _broker_paused(self, _pick: Pick) -> Iterator[Touched]:
        assert self.broker.process is not None
        os.kill(self.broker.process.pid, signal.SIGSTOP)
        try:
            yield Touched()
        finally:
            os.kill(self.broker.process.pid, signal.SIGCONT)

    @contextlib.contextmanager
    def _purged(self, _pick: Pick) -> Iterator[Touched]:
        with Connection(self.broker.url) as connection:
            connection.default_channel.queue_purge(DEFAULT_QUEUE)
        yield Touched()

    @contextlib.contextmanager
    def _doubled(self, _pick: Pick) -> Iterator[Touched]:
        """Send the messages of everything that is live once more, and twice."""
        app = make_app(self.settings)
        for token in self.live_tokens() * 2:
            app.send_task(RUN_ATTEMPT, args=[token], queue=DEFAULT_QUEUE)
        yield Touched()


class MariaDBCeleryStack(ClusterStack, MariaDBStack):
    """Celery with MariaDB."""

    name = "mariadb-celery"


class MySQLCeleryStack(ClusterStack, MySQLStack):
    """Celery with MySQL: what docker-compose.yml starts."""

    name = "mysql-celery"


class PostgreSQLCeleryStack(ClusterStack, PostgreSQLStack):
    """Celery with PostgreSQL."""

    name = "postgresql-celery"
