"""Operators that run SQL on the database of a connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException
from couture_operators.hooks.sql import DbApiHook, fetch_all_handler, hook_for
from couture_operators.operators.branch import BranchMixIn

_TRUE = {"true", "t", "yes", "y", "1", "on"}
_FALSE = {"false", "f", "no", "n", "0", "off"}


class BaseSQLOperator(BaseOperator):
    """What all of these have: the connection, and the hook that reaches it."""

    template_fields: Sequence[str] = ("conn_id", "database", "hook_params")
    template_fields_renderers: ClassVar[dict[str, str]] = {"sql": "sql", "parameters": "json"}
    ui_color: ClassVar[str] = "#ededed"
    default_conn_id: ClassVar[str | None] = None

    def __init__(
        self,
        *,
        conn_id: str | None = None,
        database: str | None = None,
        hook_params: dict[str, Any] | None = None,
        retry_on_failure: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.conn_id = conn_id or self.default_conn_id
        self.database, self.hook_params = database, hook_params or {}
        self.retry_on_failure = retry_on_failure

    def get_db_hook(self) -> DbApiHook:
        """The hook for the task's connection."""
        if not self.conn_id:
            raise AirflowException(f"{self._sentence_name} needs the argument 'conn_id'.")
        params = {"schema": self.database} if self.database else {}
        return hook_for(self.conn_id, **params, **self.hook_params)

    get_hook = get_db_hook


class SQLExecuteQueryOperator(BaseSQLOperator):
    """Run one statement or several; the rows that the last one gives are the task's XCom.

    A text that ends in `.sql` names a template file. `split_statements` cuts a text into its
    statements; `parameters` go to each of them.
    """

    template_fields: Sequence[str] = ("sql", "parameters", *BaseSQLOperator.template_fields)
    template_ext: Sequence[str] = (".sql", ".json")
    ui_color: ClassVar[str] = "#cdaaed"

    def __init__(
        self,
        *,
        sql: str | list[str],
        autocommit: bool = False,
        parameters: Any = None,
        handler: Callable[[Any], Any] | None = fetch_all_handler,
        output_processor: Callable[[list[Any], list[Any]], Any] | None = None,
        split_statements: bool | None = None,
        return_last: bool = True,
        show_return_value_in_logs: bool = False,
        requires_result_fetch: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.sql, self.autocommit, self.parameters = sql, autocommit, parameters
        self.handler, self.output_processor = handler, output_processor
        self.split_statements, self.return_last = bool(split_statements), return_last
        self.show_return_value_in_logs = show_return_value_in_logs
        self.requires_result_fetch = requires_result_fetch

    def execute(self, context: Context) -> Any:
        """Run the statements; what the handler made of their rows."""
        fetches = self.do_xcom_push or self.requires_result_fetch
        result = self.get_db_hook().run(
            self.sql,
            self.autocommit,
            self.parameters or None,
            self.handler if fetches else None,
            self.split_statements,
            self.return_last,
        )
        if self.show_return_value_in_logs and result is not None:
            self.log.info("The statement gave: %s", result)
        return _plain(result)


class _NamedConnection(SQLExecuteQueryOperator):
    """A form whose connection's argument has a name of its own."""

    def __init__(self, **kwargs: Any):
        name = f"{self.default_conn_id}".replace("_default", "_conn_id")
        if conn_id := kwargs.pop(name, None) or vars(self)["_default_args"].get(name):
            kwargs["conn_id"] = conn_id
        super().__init__(**kwargs)


class SqliteOperator(_NamedConnection):
    """SQL on the SQLite database of `sqlite_conn_id`."""

    default_conn_id = "sqlite_default"


class MySqlOperator(_NamedConnection):
    """SQL on the MySQL or MariaDB database of `mysql_conn_id`."""

    default_conn_id = "mysql_default"


class PostgresOperator(_NamedConnection):
    """SQL on the PostgreSQL database of `postgres_conn_id`."""

    default_conn_id = "postgres_default"


class MsSqlOperator(_NamedConnection):
    """SQL on the SQL Server database of `mssql_conn_id`."""

    default_conn_id = "mssql_default"


class OracleOperator(_NamedConnection):
    """SQL on the Oracle database of `oracle_conn_id`."""

    default_conn_id = "oracle_default"


class BranchSQLOperator(BaseSQLOperator, BranchMixIn):
    """Follow one branch if the query's first cell is true, another one if it is false.

    True and false are booleans, numbers (0 is false) or words such as "yes" and "off".
    """

    template_fields: Sequence[str] = ("sql", *BaseSQLOperator.template_fields)
    template_ext: Sequence[str] = (".sql",)
    operator_kind: ClassVar[str] = "branch"

    def __init__(
        self,
        *,
        sql: str,
        follow_task_ids_if_true: str | list[str],
        follow_task_ids_if_false: str | list[str],
        parameters: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.sql, self.parameters = sql, parameters
        self.follow_task_ids_if_true = follow_task_ids_if_true
        self.follow_task_ids_if_false = follow_task_ids_if_false

    def execute(self, context: Context) -> Any:
        """Ask the query and follow its branch."""
        row = self.get_db_hook().get_first(self.sql, self.parameters)
        if not row:
            raise AirflowException("The query gave no row, so no branch can be chosen.")
        chosen = self.follow_task_ids_if_true if _truth(row[0]) else self.follow_task_ids_if_false
        return self.do_branch(context, chosen)


def _truth(cell: Any) -> bool:
    if isinstance(cell, int | float):
        return bool(cell)
    word = str(cell).strip().lower()
    if word not in _TRUE | _FALSE:
        raise AirflowException(f"The query's first cell, {cell!r}, is neither true nor false.")
    return word in _TRUE


class GenericTransfer(BaseOperator):
    """Copy the rows of a query on one connection into a table of another one.

    For amounts that fit into memory. `preoperator` is run on the destination first.
    """

    template_fields: Sequence[str] = ("sql", "destination_table", "preoperator")
    template_ext: Sequence[str] = (".sql", ".hql")
    ui_color: ClassVar[str] = "#b0f07c"

    def __init__(
        self,
        *,
        sql: str,
        destination_table: str,
        source_conn_id: str,
        destination_conn_id: str,
        preoperator: str | list[str] | None = None,
        insert_args: dict[str, Any] | None = None,
        source_hook_params: dict[str, Any] | None = None,
        destination_hook_params: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.sql, self.destination_table = sql, destination_table
        self.source_conn_id, self.destination_conn_id = source_conn_id, destination_conn_id
        self.preoperator, self.insert_args = preoperator, insert_args or {}
        self.source_hook_params = source_hook_params or {}
        self.destination_hook_params = destination_hook_params or {}

    def execute(self, context: Context) -> None:
        """Read, prepare and insert."""
        rows = hook_for(self.source_conn_id, **self.source_hook_params).get_records(self.sql)
        destination = hook_for(self.destination_conn_id, **self.destination_hook_params)
        if self.preoperator:
            destination.run(self.preoperator)
        destination.insert_rows(self.destination_table, rows or [], **self.insert_args)


def _plain(result: Any) -> Any:
    """Rows as lists: as JSON where their values allow it, whatever row class the driver has."""
    is_row = isinstance(result, tuple) or (hasattr(result, "keys") and hasattr(result, "count"))
    if isinstance(result, list) or is_row:
        return [_plain(item) for item in result]
    return result
