"""SqlSensor: waits until a query gives something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from couture_operators.context import Context
from couture_operators.exceptions import AirflowException
from couture_operators.hooks.sql import DbApiHook, hook_for
from couture_operators.sensors.base import BaseSensorOperator


class SqlSensor(BaseSensorOperator):
    """Waits until the first cell of the query's first row is neither 0 nor empty.

    `success(cell)` decides instead when given; `failure(cell)` is asked first and fails the task.
    """

    template_fields: Sequence[str] = ("sql", "hook_params", "parameters")
    template_ext: Sequence[str] = (".hql", ".sql")
    ui_color: ClassVar[str] = "#7c7287"

    def __init__(
        self,
        *,
        conn_id: str,
        sql: str,
        parameters: Any = None,
        success: Callable[[Any], Any] | None = None,
        failure: Callable[[Any], Any] | None = None,
        selector: Callable[[Sequence[Any]], Any] = lambda row: row[0],
        fail_on_empty: bool = False,
        allow_null: bool = True,
        hook_params: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.conn_id, self.sql, self.parameters = conn_id, sql, parameters
        self.success, self.failure, self.selector = success, failure, selector
        self.fail_on_empty, self.allow_null = fail_on_empty, allow_null
        self.hook_params = hook_params or {}

    def get_hook(self) -> DbApiHook:
        """The hook that reaches the database."""
        return hook_for(self.conn_id, **self.hook_params)

    def poke(self, context: Context) -> bool:
        """Run the query and judge its first row."""
        rows = self.get_hook().get_records(self.sql, self.parameters)
        if not rows:
            if self.fail_on_empty:
                raise AirflowException("The query gave no rows (fail_on_empty).")
            return False
        return self._judge(self.selector(rows[0]))

    def _judge(self, cell: Any) -> bool:
        if self.failure is not None and self.failure(cell):
            raise AirflowException(f"The failure condition holds for {cell!r}.")
        if self.success is not None:
            return bool(self.success(cell))
        if cell is None:
            return self.allow_null
        return cell != "0" and bool(cell)
