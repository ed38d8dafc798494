"""Variables and connections; values come and go encrypted, the key is elsewhere."""

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import connection, variable
from couture_scheduler.store.listing import Criteria, Listed, list_page

VARIABLE_COLUMNS = {
    "id": variable.c.key,
    "key": variable.c.key,
    "variable_key": variable.c.key,
    "description": variable.c.description,
    "_val": variable.c.value,  # as it is stored: encrypted
    "is_encrypted": variable.c.key.is_not(None),  # all are
    "team_name": variable.c.key.is_(None),  # none has one
}

CONNECTION_COLUMNS = {
    "id": connection.c.id,
    "connection_id": connection.c.conn_id,
    "conn_id": connection.c.conn_id,
    "conn_type": connection.c.conn_type,
    "description": connection.c.description,
    "host": connection.c.host,
    "port": connection.c.port,
    "login": connection.c.login,
    "schema": connection.c.schema,
    "team_name": connection.c.conn_id.is_(None),  # none has one
}


def find_variable(tx: Tx, key: str) -> Any | None:
    """Return a variable's row, or None."""
    return tx.first(select(variable).where(variable.c.key == key))


def list_variables(tx: Tx) -> list[Any]:
    """Return all variables by key."""
    return tx.rows(select(variable).order_by(variable.c.key))


def list_page_of_variables(tx: Tx, criteria: Criteria) -> Listed:
    """Return a page of variables."""
    return list_page(tx, select(variable), VARIABLE_COLUMNS, criteria, variable.c.key)


def set_variable(tx: Tx, key: str, value: str, description: str | None) -> None:
    """Create or overwrite a variable; `value` is encrypted."""
    values = {"value": value, **({} if description is None else {"description": description})}
    if not tx.execute(update(variable).where(variable.c.key == key).values(**values)).rowcount:
        tx.execute(insert(variable).values(key=key, **values))


def change_variable(tx: Tx, key: str, value: str, description: str | None) -> None:
    """Change a variable that is there; `value` is encrypted."""
    values = {"value": value, "description": description}
    tx.execute(update(variable).where(variable.c.key == key).values(**values))


def delete_variable(tx: Tx, key: str) -> bool:
    """Delete a variable and say whether it was there."""
    return tx.execute(delete(variable).where(variable.c.key == key)).rowcount == 1


def list_connections(tx: Tx, conn_id: str | None = None) -> list[Any]:
    """Return all connections, or those that share one conn_id."""
    query = select(connection).order_by(connection.c.conn_id, connection.c.id)
    return tx.rows(query if conn_id is None else query.where(connection.c.conn_id == conn_id))


def list_page_of_connections(tx: Tx, criteria: Criteria) -> Listed:
    """Return a page of connections, by id where nothing else is asked."""
    order = criteria.order_by or ["connection_id"]
    asked = replace(criteria, order_by=order)
    return list_page(tx, select(connection), CONNECTION_COLUMNS, asked, connection.c.id)


def list_connection_ids(tx: Tx) -> list[str]:
    """Return the conn_id of every connection, as often as it is used."""
    return [row.conn_id for row in tx.rows(select(connection.c.conn_id))]


def find_connection(tx: Tx, number: int) -> Any | None:
    """Return a connection's row by its number, or None."""
    return tx.first(select(connection).where(connection.c.id == number))


def change_connection(tx: Tx, number: int, values: dict[str, Any]) -> None:
    """Change columns of a connection; password and extra are encrypted."""
    if values:
        tx.execute(update(connection).where(connection.c.id == number).values(**values))


def remove_connection(tx: Tx, number: int) -> None:
    """Delete one connection."""
    tx.execute(delete(connection).where(connection.c.id == number))


def add_connection(tx: Tx, values: dict[str, Any]) -> int:
    """Insert a connection; password and extra are encrypted."""
    result = tx.execute(insert(connection).values(**values))
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0]


def delete_connections(tx: Tx, conn_id: str) -> int:
    """Delete all connections of one conn_id and return how many there were."""
    return tx.execute(delete(connection).where(connection.c.conn_id == conn_id)).rowcount
