"""Steps of migrations that look at what is there before they act, for MariaDB and MySQL.

These commit at each change of the schema, so that a process that is killed leaves a half-done
migration. Run again it goes on where it was: what is there already is not made, what is gone not
removed. Alembic takes the classes below for its own; migrations need not know. What they write with
`op.execute` must be right when it is done twice.
"""

from typing import Any

from alembic.ddl.impl import DefaultImpl
from alembic.ddl.mysql import MySQLImpl
from sqlalchemy import Column, Constraint, Index, Inspector, Table, inspect


class _Steps(DefaultImpl):
    """Each step as Alembic's, where it is not done yet."""

    def _found(self) -> Inspector:
        assert self.connection is not None
        return inspect(self.connection)

    def _has_table(self, name: str) -> bool:
        return self._found().has_table(name)

    def _has_column(self, table: str, name: str) -> bool:
        return any(column["name"] == name for column in self._found().get_columns(table))

    def _has_index(self, index: Index) -> bool:
        assert index.table is not None and index.name is not None
        return self._found().has_index(index.table.name, index.name)

    def _has_constraint(self, constraint: Constraint) -> bool:
        found, table = self._found(), constraint.table.name
        there = [
            *found.get_unique_constraints(table),
            *found.get_foreign_keys(table),
            *found.get_check_constraints(table),
        ]
        return any(one["name"] == constraint.name for one in there)

    def create_table(self, table: Table, **kw: Any) -> None:
        if not self._has_table(table.name):
            super().create_table(table, **kw)
        for index in table.indexes:
            self.create_index(index)

    def drop_table(self, table: Table, **kw: Any) -> None:
        if self._has_table(table.name):
            super().drop_table(table, **kw)

    def add_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        if not self._has_column(table_name, column.name):
            super().add_column(table_name, column, **kw)

    def drop_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        if self._has_column(table_name, column.name):
            super().drop_column(table_name, column, **kw)

    def create_index(self, index: Index, **kw: Any) -> None:
        if not self._has_index(index):
            super().create_index(index, **kw)

    def drop_index(self, index: Index, **kw: Any) -> None:
        if self._has_index(index):
            super().drop_index(index, **kw)

    def add_constraint(self, const: Any, **kw: Any) -> None:
        if not self._has_constraint(const):
            super().add_constraint(const, **kw)

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        if self._has_constraint(const):
            super().drop_constraint(const, **kw)


class MySQLSteps(_Steps, MySQLImpl):
    """Taken for MySQL, and for MariaDB behind a `mysql` URL."""

    __dialect__ = "mysql"
