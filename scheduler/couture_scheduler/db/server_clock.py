"""The clock of a database server, as many hosts must share one.

Read when a connection is made and every few seconds, and carried between by the local boot-time
clock: a transaction pays no round trip for it, and a jump of this host's wall clock changes nothing.
"""

from datetime import datetime

from sqlalchemy import Connection, Engine, event, text

from couture_scheduler.clock import Clock, boot_ns, from_micros

_FRESH_NS = 10_000_000_000
_QUESTIONS = {
    "postgresql": "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
    "mysql": "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))",
}
_QUESTIONS["mariadb"] = _QUESTIONS["mysql"]


class ServerClock(Clock):
    """Tells the server's time, to half of a round trip.

    Before it has been read it tells this host's.
    """

    def __init__(self) -> None:
        self._read: tuple[int, int] | None = None  #: server's microseconds, at our nanosecond
        self._is_doubtful = True

    def now(self) -> datetime:
        """Return the server's time, aware UTC."""
        if self._read is None:
            return super().now()
        micros, at = self._read
        return from_micros(micros + (boot_ns() - at) // 1000)

    @classmethod
    def of(cls, engine: Engine) -> "ServerClock":
        """Return the clock of the engine's server; read anew at each connection, it may be another."""
        clock = cls()
        event.listen(engine, "connect", lambda *_: clock.distrust())
        return clock

    def distrust(self) -> None:
        """Have it read anew in the next transaction."""
        self._is_doubtful = True

    def refresh(self, connection: Connection) -> None:
        """Read the server's clock where that was long ago."""
        before = boot_ns()
        if self._read and not self._is_doubtful and before - self._read[1] < _FRESH_NS:
            return
        micros = connection.scalar(text(_QUESTIONS[connection.dialect.name]))
        self._read = int(micros or 0), (before + boot_ns()) // 2
        self._is_doubtful = False
