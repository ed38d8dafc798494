"""A database server behind the proxy, and the local executor."""

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

from sqlalchemy import create_engine, make_url, text

import servers
from chaos.faults import Kind, Pick, Touched, clocks
from chaos.faults.network import answers_lost, network_faults
from chaos.plan import Range
from chaos.proxy import Proxy
from chaos.stacks.base import Stack


class ServerStack(Stack):
    """Any database server."""

    server_class: type[servers.Server]
    orderly = signal.SIGTERM  #: has the server end as for a restart

    def prepare(self) -> None:
        """Start the server and the proxy before it."""
        self.server: Any = self.server_class()
        self.server.start()
        engine = create_engine(self.server.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE chaos"))
        engine.dispose()
        self.proxy = Proxy(self.server.port)
        self.clock = clocks.FakeClock(self.folder)
        self.second |= self.clock.environment
        if self.clock.library is None:
            missing = "no libfaketime here: apt-get install libfaketime"
            self.not_applied = {**self.not_applied, "clock.jump": missing}

    def options(self) -> dict[str, Any]:
        """Name the database by the proxy's port."""
        return {"db_url": self._through(self.proxy)}

    def _through(self, proxy: Proxy) -> str:
        url = make_url(self.direct_url).set(port=proxy.port)
        url = url.update_query_dict(self.server_class.readable)
        return url.render_as_string(hide_password=False)

    def live_tokens(self) -> list[str]:
        """Return the attempts that are queued or running."""
        engine = create_engine(self.direct_url)
        with engine.connect() as connection:
            found = connection.scalars(text("SELECT id FROM attempt WHERE live_ti_id IS NOT NULL"))
            tokens = list(found)
        engine.dispose()
        return tokens

    @property
    def direct_url(self) -> str:
        """Where the database is, past the proxy."""
        url = make_url(self.server.url).set(database="chaos")
        return url.render_as_string(hide_password=False)

    def stop(self) -> None:
        """End the deployment, the proxy and the server."""
        super().stop()
        self.proxy.close()
        self.server.stop()

    def faults(self) -> dict[str, Kind]:
        """Add what can happen to the server and to the way there."""
        kinds = {**super().faults(), **network_faults("db", self.proxy)}
        kinds["db.answers_lost"] = answers_lost(self.proxy)
        kinds["db.kill"] = Kind(Range(2, 0, 5), self._down(signal.SIGKILL), outage=True)
        kinds["db.restart"] = Kind(Range(1, 0, 2), self._down(self.orderly), outage=True)
        kinds["db.away"] = Kind(Range(0.3, 20, 20), self._down(signal.SIGKILL), outage=True)
        kinds["db.pause"] = Kind(Range(1, 1, 15), self._paused, outage=True)
        if "clock.jump" not in self.not_applied:
            kinds["clock.jump"] = clocks.jump(self.clock)
        return kinds

    def _down(self, number: int) -> Any:
        @contextlib.contextmanager
        def down(_pick: Pick) -> Iterator[Touched]:
            self.server.kill(number)
            try:
                yield Touched()
            finally:
                self.server.start()

        return down

    @contextlib.contextmanager
    def _paused(self, _pick: Pick) -> Iterator[Touched]:
        process = self.server.process
        process.send_signal(signal.SIGSTOP)
        try:
            yield Touched()
        finally:
            process.send_signal(signal.SIGCONT)


class MariaDBStack(ServerStack):
    """MariaDB: one process with threads."""

    name = "mariadb"
    server_class = servers.MariaDB


class MySQLStack(ServerStack):
    """MySQL: one process with threads; it needs COUTURE_TEST_MYSQL."""

    name = "mysql"
    server_class = servers.MySQL


class PostgreSQLStack(ServerStack):
    """PostgreSQL: a process for each connection; pausing the first one stops new connections."""

    name = "postgresql"
    server_class = servers.PostgreSQL
    orderly = signal.SIGINT  # at SIGTERM it would wait for its clients to go
