"""Connections: passwords and extras are stored encrypted and never shown."""

from typing import Any

from couture_operators.connection import Connection
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid, NotFound
from couture_scheduler.schemas.variables import ConnectionCollectionResponse, ConnectionResponse
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables

_MASK = "***"


@service("can_list", "ConnectionModelView")
def get_connections(tx: Tx, call: Call) -> ConnectionCollectionResponse:
    """List connections, without what is secret."""
    found = [_connection(row) for row in variables.list_connections(tx)]
    return ConnectionCollectionResponse(connections=found, total_entries=len(found))


@service("can_add", "ConnectionModelView", mutates=True, secrets=("connection",))
def add_connection(tx: Tx, call: Call, connection: Connection) -> ConnectionResponse:
    """Add a connection; several may share one id."""
    if not connection.conn_id or not connection.conn_type:
        raise Invalid("A connection needs an id and a type, such as --uri postgres://host/db.")
    call.notes["conn_id"] = connection.conn_id
    encrypt = call.workflow.vault.encrypt
    values = {
        "conn_id": connection.conn_id,
        "conn_type": connection.conn_type,
        "description": connection.description,
        "host": connection.host,
        "port": connection.port,
        "schema": connection.schema,
        "login": connection.login,
        "password": encrypt(connection.password) if connection.password else None,
        "extra": encrypt(connection.extra) if connection.extra else None,
    }
    row_id = variables.add_connection(tx, values)
    rows = variables.list_connections(tx, connection.conn_id)
    return _connection(next(row for row in rows if row.id == row_id))


@service("can_delete", "ConnectionModelView", mutates=True)
def delete_connection(tx: Tx, call: Call, conn_id: str) -> None:
    """Delete all connections of one id."""
    if not variables.delete_connections(tx, conn_id):
        raise NotFound(f"There is no connection {conn_id!r}.")


def _connection(row: Any) -> ConnectionResponse:
    return ConnectionResponse(
        connection_id=row.conn_id,
        conn_type=row.conn_type,
        description=row.description,
        host=row.host,
        login=row.login,
        schema_=row.schema,
        port=row.port,
        password=_MASK if row.password else None,
        extra=_MASK if row.extra else None,
    )
