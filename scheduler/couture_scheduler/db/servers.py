"""MariaDB, MySQL and PostgreSQL: how we connect, and what a server must be set to.

READ COMMITTED everywhere: under REPEATABLE READ, MariaDB lets a transaction decide on rows that
have changed since. Every wait has an end, so that a server that hangs does not hang us.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from couture_scheduler.settings import SettingsError

_CONNECT_SECONDS = 5
_LOCK_SECONDS = 10
_STATEMENT_SECONDS = 60

#: deadlocks, serialization failures and waits for locks that took too long
_POSTGRES_CONFLICTS = ("40001", "40P01", "55P03")
_MYSQL_CONFLICTS = (1205, 1213, 1020)

_SESSION = (
    f"SET SESSION innodb_lock_wait_timeout={_LOCK_SECONDS}, wait_timeout=3600, "
    "sql_mode='STRICT_ALL_TABLES,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
)
_OPTIONS = (
    f"-c lock_timeout={_LOCK_SECONDS}s -c statement_timeout={_STATEMENT_SECONDS}s "
    f"-c idle_in_transaction_session_timeout={_STATEMENT_SECONDS}s"
)


def create(url: str) -> Engine:
    """Return an engine for a database server.

    Raises:
        SettingsError: the driver is missing, or the URL names none that we know.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend in ("mysql", "mariadb"):
        driver, more = "pymysql", _mysql_arguments()
    elif backend == "postgresql":
        driver, more = "psycopg", {"connect_timeout": _CONNECT_SECONDS, "options": _OPTIONS}
    else:
        raise SettingsError(
            f"The database {backend!r} in `db_url` is not supported: use sqlite, "
            "mysql+pymysql or postgresql+psycopg."
        )
    if "+" not in parsed.drivername:
        parsed = parsed.set(drivername=f"{backend}+{driver}")
    try:
        return create_engine(
            parsed,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_timeout=_LOCK_SECONDS,
            pool_recycle=1800,
            connect_args=more,
        )
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"`db_url` needs the Python package {error.name}: install couture-workflow[{backend}]."
        ) from error


def _mysql_arguments() -> dict[str, Any]:
    return {
        "charset": "utf8mb4",
        "connect_timeout": _CONNECT_SECONDS,
        "read_timeout": _STATEMENT_SECONDS,
        "write_timeout": _STATEMENT_SECONDS,
        "init_command": _SESSION,
        "local_infile": False,  # a rogue server could ask for our files
    }


def is_conflict(error: DBAPIError) -> bool:
    """Say whether others' transactions made this one fail, so that it may be run again as a whole."""
    found = error.orig
    if getattr(found, "sqlstate", None) in _POSTGRES_CONFLICTS:
        return True
    return found is not None and bool(found.args) and found.args[0] in _MYSQL_CONFLICTS


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
def alone(connection: Connection, name: str) -> Iterator[None]:
    """Do something that no other process does at the same time; SQLite's writers are alone anyway.

    Only saves work that would fail: what must hold does not rest on it.
    """
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
        yield
    elif dialect == "sqlite":
        yield
    else:
        connection.execute(text("SELECT GET_LOCK(:name, 60)"), {"name": f"couture.{name}"})
        try:
            yield
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": f"couture.{name}"})
