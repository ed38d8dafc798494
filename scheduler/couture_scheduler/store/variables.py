"""Variables and connections; values come and go encrypted, the key is elsewhere."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import connection, variable


def find_variable(tx: Tx, key: str) -> Any | None:
    """Return a variable's row, or None."""
    return tx.first(select(variable).where(variable.c.key == key))


def list_variables(tx: Tx) -> list[Any]:
    """Return all variables by key."""
    return tx.rows(select(variable).order_by(variable.c.key))


def set_variable(tx: Tx, key: str, value: str, description: str | None) -> None:
    """Create or overwrite a variable; `value` is encrypted."""
    values = {"value": value, **({} if description is None else {"description": description})}
    if not tx.execute(update(variable).where(variable.c.key == key).values(**values)).rowcount:
        tx.execute(insert(variable).values(key=key, **values))


def delete_variable(tx: Tx, key: str) -> bool:
    """Delete a variable and say whether it was there."""
    return tx.execute(delete(variable).where(variable.c.key == key)).rowcount == 1


def list_connections(tx: Tx, conn_id: str | None = None) -> list[Any]:
    """Return all connections, or those that share one conn_id."""
    query = select(connection).order_by(connection.c.conn_id, connection.c.id)
    return tx.rows(query if conn_id is None else query.where(connection.c.conn_id == conn_id))


def add_connection(tx: Tx, values: dict[str, Any]) -> int:
    """Insert a connection; password and extra are encrypted."""
    result = tx.execute(insert(connection).values(**values))
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0]


def delete_connections(tx: Tx, conn_id: str) -> int:
    """Delete all connections of one conn_id and return how many there were."""
    return tx.execute(delete(connection).where(connection.c.conn_id == conn_id)).rowcount
