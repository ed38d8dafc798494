"""Connections in files: imported and exported with their secrets."""

from typing import Any

from pydantic import ValidationError

from couture_operators.connection import Connection
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid
from couture_scheduler.schemas.connections import (
    ConnectionBody,
    ConnectionsExport,
    ConnectionsImport,
    ConnectionsImported,
)
from couture_scheduler.services.connection_rows import add, opened
from couture_scheduler.services.connections import check_new
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables

_MENU = "ConnectionModelView"
_FIELDS = ("conn_type", "description", "host", "login", "password", "schema", "port", "extra")


@service("can_add", _MENU, mutates=True, secrets=("body",))
def import_connections(tx: Tx, call: Call, body: ConnectionsImport) -> ConnectionsImported:
    """Add connections, all or none; those of an id that exists replace it, or are left out."""
    report = ConnectionsImported(created=[], changed=[], kept=[])
    wanted = {name: bodies_of(name, given) for name, given in body.connections.items()}
    for name, bodies in wanted.items():
        if not variables.list_connections(tx, name):
            report.created.append(name)
        elif not body.overwrite:
            report.kept.append(name)
            continue
        else:
            report.changed.append(name)
            variables.delete_connections(tx, name)
        for one in bodies:
            check_new(one)
            add(tx, call, one)
    call.notes.update(report.model_dump())
    return report


@service("can_conf", _MENU, mutates=True)
def export_connections(tx: Tx, call: Call) -> ConnectionsExport:
    """Return all connections with their secrets in clear; that it was done is recorded."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in variables.list_connections(tx):
        found.setdefault(row.conn_id, []).append(opened(call, row))
    call.notes["connection_ids"] = sorted(found)
    return ConnectionsExport(connections=found)


def body_of(connection: Connection) -> ConnectionBody:
    """Return what is stored of a connection as authors know it.

    Raises:
        Invalid: it has no type, or a field that cannot be.
    """
    fields = {name: getattr(connection, name) for name in _FIELDS}
    try:
        return ConnectionBody(connection_id=connection.conn_id or "", **fields)
    except ValidationError as error:
        problems = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
        raise Invalid(f"Connection {connection.conn_id!r} cannot be stored: {problems}.") from error


def bodies_of(name: str, given: Any) -> list[ConnectionBody]:
    """Return the connections that a file has under one id: a URI, fields, or a list of these.

    Raises:
        Invalid: it is something else.
    """
    if isinstance(given, list):
        return [one for each in given for one in bodies_of(name, each)]
    try:
        if isinstance(given, str):
            return [body_of(Connection(name, uri=given))]
        if isinstance(given, dict):
            return [body_of(Connection(name, **{k: v for k, v in given.items() if k != "conn_id"}))]
    except (TypeError, ValueError) as error:
        raise Invalid(f"Connection {name!r} cannot be read: {error}.", "connections") from None
    raise Invalid(f"Connection {name!r} must be a URI or fields.", "connections")
