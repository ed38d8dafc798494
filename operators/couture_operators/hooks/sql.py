"""Hooks for databases: the connection's URI through SQLAlchemy, the statements through the driver.

SQLAlchemy and the driver are the author's: imported when the first statement is run, in the task's
process. Parameters are written as the driver takes them (`?` for SQLite, `%s` for most others).
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from couture_operators.connection import BaseHook, Connection
from couture_operators.exceptions import AirflowException
from couture_operators.hooks.statements import split_statements as split_sql

if TYPE_CHECKING:
    from sqlalchemy import Engine

#: SQLAlchemy's names of the databases that connections name, with the drivers to choose from
_DRIVERS: dict[str, tuple[str, dict[str, str]]] = {
    "sqlite": ("sqlite", {}),
    "postgres": ("postgresql", {"psycopg2": "psycopg2", "psycopg": "psycopg"}),
    "postgresql": ("postgresql", {"psycopg2": "psycopg2", "psycopg": "psycopg"}),
    "mysql": ("mysql", {"MySQLdb": "mysqldb", "pymysql": "pymysql", "mysql": "mysqlconnector"}),
    "mariadb": ("mariadb", {"MySQLdb": "mysqldb", "pymysql": "pymysql"}),
    "mssql": ("mssql", {"pymssql": "pymssql", "pyodbc": "pyodbc"}),
    "oracle": ("oracle", {"oracledb": "oracledb", "cx_Oracle": "cx_oracle"}),
    "snowflake": ("snowflake", {}),
    "redshift": ("redshift", {}),
    "trino": ("trino", {}),
    "presto": ("presto", {}),
    "vertica": ("vertica", {}),
    "clickhouse": ("clickhouse", {}),
    "duckdb": ("duckdb", {}),
}
_PLACEHOLDERS = {"qmark": "?", "numeric": ":{}", "named": ":{}", "numeric_dollar": "${}"}
_BULK = (
    "{} is not available: it is another command in every database; use {}, or get_conn() and the "
    "database's own command."
)


class DbApiHook(BaseHook):
    """Statements on the database of a connection; subclasses say the argument that names it."""

    conn_name_attr: ClassVar[str] = "conn_id"
    default_conn_name: ClassVar[str] = "default_conn_id"
    supports_autocommit: ClassVar[bool] = True

    def __init__(self, *args: str, schema: str | None = None, **kwargs: Any):
        given = args[0] if args else kwargs.get(self.conn_name_attr)
        self.connection_id: str = given or kwargs.get("conn_id") or self.default_conn_name
        setattr(self, self.conn_name_attr, self.connection_id)
        self.database = schema or kwargs.get("database")
        self.log = logging.getLogger("couture.task")

    def get_uri(self) -> str:
        """The connection as a URI that SQLAlchemy takes, with its password."""
        return sqlalchemy_uri(self.get_connection(self.connection_id), self.database)

    @property
    def sqlalchemy_url(self) -> Any:
        """The same as an object of SQLAlchemy."""
        from sqlalchemy.engine import make_url

        return make_url(self.get_uri())

    def get_sqlalchemy_engine(self, engine_kwargs: dict[str, Any] | None = None) -> Engine:
        """An engine for the connection."""
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        try:
            return create_engine(self.get_uri(), **{"poolclass": NullPool, **(engine_kwargs or {})})
        except ModuleNotFoundError as err:
            raise AirflowException(
                f"Connection {self.connection_id!r} needs the Python package {err.name!r}; install "
                "it where the tasks run."
            ) from err

    def get_conn(self) -> Any:
        """A connection of the database's driver; the caller closes it."""
        return self.get_sqlalchemy_engine().raw_connection()

    def get_cursor(self) -> Any:
        """A cursor of a new connection."""
        return self.get_conn().cursor()

    def get_autocommit(self, conn: Any) -> bool:
        """Whether a connection of the driver commits each statement by itself."""
        driver = getattr(conn, "driver_connection", conn)
        if ask := getattr(driver, "get_autocommit", None):  # MySQL's drivers
            return bool(ask())
        return self.supports_autocommit and bool(getattr(driver, "autocommit", False))

    def set_autocommit(self, conn: Any, autocommit: bool) -> None:
        """Let a connection of the driver commit each statement by itself."""
        if not self.supports_autocommit:
            if autocommit:
                self.log.warning("Connection %s has no autocommit.", self.connection_id)
            return
        driver = getattr(conn, "driver_connection", conn)
        if callable(getattr(driver, "autocommit", None)):  # MySQL's drivers
            driver.autocommit(autocommit)
        else:
            driver.autocommit = autocommit

    @staticmethod
    def split_sql_string(sql: str, strip_semicolon: bool = False) -> list[str]:
        """The statements of a text."""
        found = split_sql(sql)
        return [one.rstrip(";") for one in found] if strip_semicolon else found

    @staticmethod
    def strip_sql_string(sql: str) -> str:
        """A statement without the semicolon at its end."""
        return sql.strip().rstrip(";")

    def bulk_load(self, table: str, tmp_file: str) -> None:
        """Refused: each database has its own way to load a file."""
        raise NotImplementedError(_BULK.format("bulk_load", "insert_rows"))

    def bulk_dump(self, table: str, tmp_file: str) -> None:
        """Refused: each database has its own way to write a file."""
        raise NotImplementedError(_BULK.format("bulk_dump", "get_records"))

    @contextmanager
    def _cursor(self, autocommit: bool = False) -> Iterator[Any]:
        """A cursor whose work is committed at the end of the block, in one transaction."""
        options = {"isolation_level": "AUTOCOMMIT"} if autocommit else {}
        engine = self.get_sqlalchemy_engine(options)
        with closing(engine.connect()) as connection:
            driver = connection.connection
            with closing(driver.cursor()) as cursor:
                yield cursor
            driver.commit()

    def run(
        self,
        sql: str | Iterable[str],
        autocommit: bool = False,
        parameters: Any = None,
        handler: Callable[[Any], Any] | None = None,
        split_statements: bool = False,
        return_last: bool = True,
    ) -> Any:
        """Run one statement or several in one transaction, or each by itself with `autocommit`.

        With a handler: what it makes of each statement's cursor; of the last one for a text.
        """
        one = isinstance(sql, str)
        texts = (split_sql(sql) if split_statements else [sql]) if isinstance(sql, str) else sql
        results: list[Any] = []
        with self._cursor(autocommit) as cursor:
            for text in texts:
                self._execute(cursor, text, parameters)
                if handler is not None:
                    results.append(handler(cursor))
        if handler is None or not results:
            return None
        return results[-1] if one and (return_last or not split_statements) else results

    def _execute(self, cursor: Any, sql: str, parameters: Any) -> None:
        self.log.info("Running statement: %s", sql)
        cursor.execute(*([sql] if parameters is None else [sql, parameters]))

    def get_records(self, sql: str | list[str], parameters: Any = None) -> Any:
        """All rows of a query."""
        return self.run(sql, parameters=parameters, handler=fetch_all_handler)

    def get_first(self, sql: str | list[str], parameters: Any = None) -> Any:
        """The first row of a query, None when it has none."""
        return self.run(sql, parameters=parameters, handler=fetch_one_handler)

    def get_pandas_df(self, sql: str, parameters: Any = None, **kwargs: Any) -> Any:
        """The rows of a query as a pandas DataFrame."""
        import pandas as pd  # type: ignore[import-not-found] # the author's

        with closing(self.get_conn()) as connection:
            return pd.read_sql(sql, con=connection, params=parameters, **kwargs)

    get_df = get_pandas_df

    def insert_rows(
        self,
        table: str,
        rows: Iterable[Sequence[Any]],
        target_fields: Iterable[str] | None = None,
        commit_every: int = 1000,
        replace: bool = False,
        **_: Any,
    ) -> None:
        """Insert rows into a table, committed after every `commit_every` (0: all at once)."""
        engine, count = self.get_sqlalchemy_engine(), 0
        fields = f" ({', '.join(target_fields)})" if target_fields else ""
        verb = "REPLACE" if replace else "INSERT"
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            for count, row in enumerate(rows, 1):
                marks = ", ".join(_marks(engine.dialect.paramstyle, len(row)))
                cursor.execute(f"{verb} INTO {table}{fields} VALUES ({marks})", tuple(row))
                if commit_every and count % commit_every == 0:
                    connection.commit()
            connection.commit()
        self.log.info("%s rows inserted into %s.", count, table)

    def test_connection(self) -> tuple[bool, str]:
        """Whether the database answers, and what it said."""
        try:
            self.get_first("select 1")
        except Exception as err:  # noqa: BLE001 - drivers raise anything
            return False, str(err)
        return True, "The database answers."


class SqliteHook(DbApiHook):
    """SQLite; the connection's host is the file's path."""

    conn_name_attr = "sqlite_conn_id"
    default_conn_name = "sqlite_default"
    supports_autocommit = False


class MySqlHook(DbApiHook):
    """MySQL and MariaDB."""

    conn_name_attr = "mysql_conn_id"
    default_conn_name = "mysql_default"


class PostgresHook(DbApiHook):
    """PostgreSQL."""

    conn_name_attr = "postgres_conn_id"
    default_conn_name = "postgres_default"


class MsSqlHook(DbApiHook):
    """Microsoft SQL Server."""

    conn_name_attr = "mssql_conn_id"
    default_conn_name = "mssql_default"


class OracleHook(DbApiHook):
    """Oracle."""

    conn_name_attr = "oracle_conn_id"
    default_conn_name = "oracle_default"


_HOOKS: dict[str, type[DbApiHook]] = {
    "sqlite": SqliteHook,
    "mysql": MySqlHook,
    "postgres": PostgresHook,
    "mssql": MsSqlHook,
    "oracle": OracleHook,
}


def hook_for(conn_id: str, **params: Any) -> DbApiHook:
    """The hook for a connection, chosen by its type; a sentence where it is no database."""
    conn_type = (BaseHook.get_connection(conn_id).conn_type or "").lower()
    hook = hook_class(conn_type)
    if hook is None:
        raise AirflowException(
            f"Connection {conn_id!r} is of the type {conn_type!r}, which is no database known "
            f"here; there are {', '.join(_DRIVERS)}."
        )
    return hook(conn_id, **params)


def hook_class(conn_type: str) -> type[DbApiHook] | None:
    """The class of hooks for a type of connections, None where that is no database known here."""
    return _HOOKS.get(conn_type, DbApiHook) if conn_type in _DRIVERS else None


def sqlalchemy_uri(conn: Connection, database: str | None = None) -> str:
    """The URI of a connection; `sqlalchemy_scheme` of its extra field overrides the driver."""
    from sqlalchemy.engine import URL

    if (conn.conn_type or "").lower() == "sqlite":
        return f"sqlite:///{database or conn.host or ':memory:'}"
    scheme = conn.extra_dejson.get("sqlalchemy_scheme") or _scheme(conn.conn_type or "")
    parts = (conn.login, conn.password, conn.host, conn.port, database or conn.schema)
    return URL.create(scheme, *parts).render_as_string(hide_password=False)


def _scheme(conn_type: str) -> str:
    name, drivers = _DRIVERS.get(conn_type.lower(), (conn_type, {}))
    for module, driver in drivers.items():
        if importlib.util.find_spec(module):
            return f"{name}+{driver}"
    return name


def _marks(style: str, count: int) -> list[str]:
    mark = _PLACEHOLDERS.get(style, "%s")
    return [mark.format(index) for index in range(1, count + 1)]


def fetch_all_handler(cursor: Any) -> list[Any] | None:
    """All rows; None for a statement that gives none."""
    return cursor.fetchall() if cursor.description is not None else None


def fetch_one_handler(cursor: Any) -> Any:
    """The first row; None for a statement that gives none."""
    return cursor.fetchone() if cursor.description is not None else None
