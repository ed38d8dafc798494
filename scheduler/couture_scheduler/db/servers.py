"""MariaDB, MySQL and PostgreSQL: how we connect, and what a server must be set to.

READ COMMITTED everywhere: under REPEATABLE READ, MariaDB lets a transaction decide on rows that
have changed since. Every wait has an end, so that a server that hangs does not hang us.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from couture_scheduler.errors import StaleState
from couture_scheduler.settings import SettingsError

_CONNECT_SECONDS = 5
_IDLE_SECONDS = 0.1  #: less than any server takes to come back
_LOCK_SECONDS = 10
_STATEMENT_SECONDS = 60

#: deadlocks, serialization failures and waits for locks that took too long
_POSTGRES_CONFLICTS = ("40001", "40P01", "55P03")
#: 1305: the savepoint is gone, since a deadlock has undone the whole transaction
_MYSQL_CONFLICTS = (1205, 1213, 1020, 1305)
#: a table is being made or removed by another connection, or was, while we looked at it
_MYSQL_CHANGES = (1146, 1412, 1684)
#: a process that is stopped within a transaction keeps its locks for so long
_IDLE_IN_TRANSACTION_SECONDS = 5
_QUIET_SECONDS = 10  #: MySQL does not tell a transaction from a connection that rests

# what only MariaDB and what only MySQL knows stands in comments that only they read
_SESSION = (
    f"SET SESSION innodb_lock_wait_timeout={_LOCK_SECONDS}, wait_timeout=3600, "
    "sql_mode='STRICT_ALL_TABLES,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
    "/*M!100300 , idle_transaction_timeout={idle} */ /*!80000 , wait_timeout={quiet} */"
)


def create(url: str, seconds: int | None = None) -> Engine:
    """Return an engine for a database server.

    Args:
        seconds: how long a statement or the wait for a lock may take; default: the usual ones.

    Raises:
        SettingsError: the driver is missing, or the URL names none that we know.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend in ("mysql", "mariadb"):
        driver = "pymysql"
        more = _mysql_arguments(seconds)
        parsed = parsed.set(drivername=parsed.drivername.replace("mariadb", "mysql"))
    elif backend == "postgresql":
        options = _options(
            seconds or _LOCK_SECONDS,
            seconds or _STATEMENT_SECONDS,
            seconds or _IDLE_IN_TRANSACTION_SECONDS,
        )
        driver, more = "psycopg", {"connect_timeout": _CONNECT_SECONDS, "options": options}
    else:
        raise SettingsError(
            f"The database {backend!r} in `db_url` is not supported: use sqlite, "
            "mysql+pymysql or postgresql+psycopg."
        )
    if "+" not in parsed.drivername:
        parsed = parsed.set(drivername=f"{parsed.drivername}+{driver}")
    try:
        engine = create_engine(
            parsed,
            isolation_level="READ COMMITTED",
            pool_reset_on_return=None,  # whoever opens a transaction ends it: see Database
            pool_timeout=_LOCK_SECONDS,
            pool_recycle=1800,
            connect_args=more,
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"`db_url` needs the Python package {error.name}: install couture-workflow[{backend}]."
        ) from error
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_idle)
    event.listen(engine, "handle_error", _hear_hang_up, retval=True)
    return engine


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_idle(connection: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:
    """See whether a connection that was idle is still one; a ping for each would cost a round trip."""
    if time.monotonic() - record.info.get("used_at", time.monotonic()) < _IDLE_SECONDS:
        return
    try:
        _ping(connection)
    except Exception as error:  # whatever the driver raises
        raise DisconnectionError from error


def _ping(connection: Any) -> None:
    if hasattr(connection, "ping"):
        connection.ping(reconnect=False)
    else:
        connection.execute("")
        connection.rollback()


def _hear_hang_up(context: ExceptionContext) -> Exception | None:
    """MySQL says why it hangs up, when nobody asked; PyMySQL takes that for an error of its own."""
    found = context.original_exception
    if "Packet sequence number" not in str(found):
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, context.parameters, found)


def _options(lock_seconds: int, seconds: int, idle_seconds: int) -> str:
    # a plan for any value takes "is one scheduled?" for "are a fifth of all?", and scans
    return (
        "-c plan_cache_mode=force_custom_plan "
        # to start a helper or a compiler takes longer than what we ask for; indices are in memory
        "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1 "
        f"-c lock_timeout={lock_seconds}s -c statement_timeout={seconds}s "
        f"-c idle_in_transaction_session_timeout={idle_seconds}s"
    )


def _mysql_arguments(seconds: int | None) -> dict[str, Any]:
    idle, quiet = seconds or _IDLE_IN_TRANSACTION_SECONDS, seconds or _QUIET_SECONDS
    return {
        "charset": "utf8mb4",
        "connect_timeout": _CONNECT_SECONDS,
        "read_timeout": seconds or _STATEMENT_SECONDS,
        "write_timeout": seconds or _STATEMENT_SECONDS,
        "init_command": _SESSION.format(idle=idle, quiet=quiet),
        "local_infile": False,  # a rogue server could ask for our files
    }


def is_conflict(error: DBAPIError) -> bool:
    """Say whether others' transactions made this one fail, so that it may be run again as a whole."""
    if getattr(error.orig, "sqlstate", None) in _POSTGRES_CONFLICTS:
        return True
    return _mysql_number(error) in _MYSQL_CONFLICTS


def is_being_changed(error: DBAPIError) -> bool:
    """Say whether a look at the schema failed since another connection was changing it."""
    return _mysql_number(error) in _MYSQL_CHANGES


def _mysql_number(error: DBAPIError) -> Any:
    """Return what MySQL and MariaDB call an error; other servers have no such number."""
    args = error.orig.args if error.orig is not None else ()
    return args[0] if args else None


def prepare(connection: Connection) -> None:
    """Have an empty MariaDB or MySQL database tell names apart as the others do: letter by letter."""
    dialect: Any = connection.dialect
    if dialect.name in ("mysql", "mariadb"):
        connection.execute(
            text(f"ALTER DATABASE CHARACTER SET utf8mb4 COLLATE {_collation(dialect)}")
        )


def _collation(dialect: Any) -> str:
    return "utf8mb4_nopad_bin" if dialect.is_mariadb else "utf8mb4_0900_bin"


def check(connection: Connection) -> None:
    """Refuse a server that would lose data or decide wrongly.

    Raises:
        SettingsError: says which setting, what it is and what it must be.
    """
    name = connection.dialect.name
    if name == "postgresql":
        _check_postgres(connection)
    elif name != "sqlite":
        _check_mysql(connection)


def _check_postgres(connection: Connection) -> None:
    version = connection.dialect.server_version_info or ()
    if version < (12,):
        raise SettingsError(f"PostgreSQL {_dotted(version)} is too old: 12 or later is needed.")
    for name in ("synchronous_commit", "fsync", "full_page_writes"):
        value = connection.scalar(text(f"SHOW {name}"))
        if value == "off":
            _refuse("PostgreSQL", name, value, "on")


def _check_mysql(connection: Connection) -> None:
    dialect: Any = connection.dialect
    version = dialect.server_version_info or ()
    product, oldest = ("MariaDB", (10, 6)) if dialect.is_mariadb else ("MySQL", (8, 0))
    if tuple(version) < oldest:
        raise SettingsError(
            f"{product} {_dotted(version)} is too old: {_dotted(oldest)} or later is needed."
        )
    for name, wanted in (("innodb_flush_log_at_trx_commit", "1"), ("innodb_doublewrite", "ON")):
        row = connection.execute(text(f"SHOW VARIABLES LIKE '{name}'")).first()
        if row is not None and str(row[1]).upper() not in (wanted, "1"):
            _refuse(product, name, row[1], wanted)


def _refuse(product: str, name: str, value: object, wanted: str) -> None:
    raise SettingsError(
        f"{product} has {name} = {value}: a crash of it would lose what was reported as done. "
        f"Set it to {wanted} and start again."
    )


def _dotted(version: Any) -> str:
    return ".".join(str(part) for part in version[:2])


@contextmanager
def alone(connection: Connection, name: str, seconds: int) -> Iterator[None]:
    """Do something that no other process does at the same time; SQLite's writers are alone anyway.

    Raises:
        StaleState: the other one was not ready after so many seconds.
    """
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
        yield
    elif dialect == "sqlite":
        yield
    else:
        lock = {"name": f"couture.{name}", "seconds": seconds}
        if connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), lock) != 1:
            raise StaleState(f"another process has been at the {name} for {seconds} seconds")
        try:
            yield
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), lock)
