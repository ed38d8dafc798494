"""Every text that is encrypted at rest, whichever table it is in."""

from typing import Any

from sqlalchemy import Column, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.schema import metadata

_TOKEN = "gAAAA"  #: how everything begins that Fernet has encrypted


def columns() -> list[Column[Any]]:
    """Return the columns that hold encrypted texts, among others maybe."""
    return [
        column
        for table in metadata.sorted_tables
        for column in table.columns
        if column.info.get("encrypted")
    ]


def list_texts(tx: Tx, column: Column[Any], after: Any, limit: int) -> list[tuple[Any, str]]:
    """Return (primary key, text) of encrypted texts, of rows behind `after`; None = all."""
    key = _key(column)
    query = select(key, column).where(column.startswith(_TOKEN)).order_by(key).limit(limit)
    if after is not None:
        query = query.where(key > after)
    return [(row[0], row[1]) for row in tx.rows(query)]


def replace_text(tx: Tx, column: Column[Any], key: Any, old: str, new: str) -> None:
    """Replace a text, unless somebody else has meanwhile."""
    query = update(column.table).where(_key(column) == key, column == old)  # type: ignore[arg-type]
    tx.execute(query.values({column.name: new}))


def _key(column: Column[Any]) -> Column[Any]:
    [key] = column.table.primary_key.columns
    return key
