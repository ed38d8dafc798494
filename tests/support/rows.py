"""Rows for every table and column of a database of any revision, from what it says of itself."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    inspect,
    select,
)
from sqlalchemy.types import TypeEngine

LARGE = frozenset({"task_instance", "attempt", "history", "xcom"})
#: what migrations keep for themselves
NOT_OURS = ("alembic_version", "migration_under_way")
_PIECE = 1000


def fill(connection: Connection, many: int = 50, few: int = 3) -> None:
    """Add rows to each table that has none: `many` to the large ones."""
    for table in _tables(connection):
        if connection.execute(select(table).limit(1)).first() is None:
            count = many if table.name in LARGE else few
            for start in range(0, count, _PIECE):
                numbers = range(start, min(start + _PIECE, count))
                connection.execute(table.insert(), [_row(table, n, few) for n in numbers])


def read(connection: Connection) -> dict[str, dict[str, list[Any]]]:
    """Return all values, by table and column, in the order of the rows' keys."""
    found: dict[str, dict[str, list[Any]]] = {}
    for table in _tables(connection):
        rows = connection.execute(select(table).order_by(*table.primary_key)).all()
        found[table.name] = {name: [row._mapping[name] for row in rows] for name in table.c.keys()}  # noqa: SIM118 - a collection of columns
    return found


def shared(rows: dict, other: dict) -> Iterator[tuple[str, str]]:
    """Say which tables and columns are in both."""
    for table in rows.keys() & other.keys():
        for column in rows[table].keys() & other[table].keys():
            yield table, column


def _tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(
        connection, only=[n for n in inspect(connection).get_table_names() if n not in NOT_OURS]
    )
    return found.sorted_tables


def _row(table: Table, number: int, few: int) -> dict[str, Any]:
    return {column.name: _value(column, number, few) for column in table.c}


def _value(column: Column[Any], number: int, few: int) -> Any:
    kind: TypeEngine[Any] = column.type
    if column.foreign_keys:
        parent = next(iter(column.foreign_keys)).column
        return _value(parent, number if parent.table.name in LARGE else number % few, few)
    if isinstance(kind, Boolean):
        return bool(number % 2)
    if isinstance(kind, Float):
        return number / 4
    if isinstance(kind, Integer):
        return number % 100 if kind.__visit_name__ == "TINYINT" else number + 1
    if isinstance(kind, LargeBinary) or kind.__visit_name__.endswith("BLOB"):
        return f"{number} \0 ü".encode()
    return _text(column, number)


def _text(column: Column[Any], number: int) -> str:
    length = column.type.length if isinstance(column.type, String) else None
    if length is None or length > 10_000:
        return json.dumps({"n": number, "text": "é漢😀" * 40}, ensure_ascii=False)
    return f"{number} é漢😀"[:length]
