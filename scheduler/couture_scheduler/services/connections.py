"""Connections in the shape of v2.yaml, which knows one of each id; ours may have several (S21.3).

Reading an id means the first connection that has it, deleting means all; one among several is
changed by its number, see `connection_views`.
"""

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid, NotFound
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.bulk import BulkBody, BulkResponse
from couture_scheduler.schemas.connections import (
    ConnectionBody,
    ConnectionCollectionResponse,
    ConnectionQuery,
    ConnectionResponse,
)
from couture_scheduler.services.bulk import Entities, run_bulk
from couture_scheduler.services.connection_rows import add, answer, is_only_hidden, values_of
from couture_scheduler.services.paging import criteria, wanted_fields
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables

_MENU = "ConnectionModelView"


@service("can_list", _MENU)
def get_connections(tx: Tx, call: Call, query: ConnectionQuery) -> ConnectionCollectionResponse:
    """List connections, without what is secret; several may share one id."""
    asked = criteria(query, variables.CONNECTION_COLUMNS)
    listed = variables.list_page_of_connections(tx, asked)
    return ConnectionCollectionResponse(
        connections=[answer(call, row) for row in listed.rows], total_entries=listed.total
    )


@service("can_show", _MENU)
def get_connection(tx: Tx, call: Call, connection_id: str) -> ConnectionResponse:
    """Return the first connection of an id, without what is secret."""
    return answer(call, _of(tx, connection_id)[0])


@service("can_add", _MENU, mutates=True, secrets=("body",))
def post_connection(tx: Tx, call: Call, body: ConnectionBody) -> ConnectionResponse:
    """Add a connection whose id is new."""
    call.notes["connection_id"] = body.connection_id
    _create(tx, call, body)
    return get_connection.function(tx, call, body.connection_id)


@service("can_edit", _MENU, mutates=True, secrets=("body",))
def patch_connection(
    tx: Tx, call: Call, connection_id: str, body: ConnectionBody, query: UpdateMask
) -> ConnectionResponse:
    """Change a connection; what is hidden stays what it was if it is sent back."""
    if body.connection_id != connection_id:
        raise Invalid("The id of a connection cannot be changed here.", "connection_id")
    fields = fields_of(body, query.update_mask)
    call.notes["fields"] = sorted(fields)
    _update(tx, call, body, fields)
    return get_connection.function(tx, call, connection_id)


@service("can_delete", _MENU, mutates=True)
def delete_connection(tx: Tx, call: Call, connection_id: str) -> None:
    """Delete all connections of an id."""
    if not variables.delete_connections(tx, connection_id):
        raise NotFound(f"There is no connection {connection_id!r}.")


@service("can_edit", _MENU, mutates=True, secrets=("body",))
def bulk_connections(tx: Tx, call: Call, body: BulkBody[ConnectionBody]) -> BulkResponse:
    """Add, change and delete many connections."""
    of = Entities[ConnectionBody](
        "connection",
        _MENU,
        lambda one: one.connection_id,
        lambda name: bool(variables.list_connections(tx, name)),
        lambda one: _create(tx, call, one),
        lambda one, mask: _update(tx, call, one, fields_of(one, mask or [])),
        lambda name: variables.delete_connections(tx, name),
    )
    return run_bulk(call, body, of)


def fields_of(body: ConnectionBody, mask: list[str]) -> set[str]:
    """Return the fields of a change that count."""
    names = ["schema_" if name == "schema" else name for part in mask for name in part.split(",")]
    return wanted_fields(body, UpdateMask(update_mask=names)) - {"connection_id"}


def check_new(body: ConnectionBody) -> None:
    """Refuse a new connection that holds the mark of a secret.

    Raises:
        Invalid: says so.
    """
    if is_only_hidden(body):
        raise Invalid("The password or extra is only the mark of a hidden one.", "password")


def _of(tx: Tx, connection_id: str) -> list:
    rows = variables.list_connections(tx, connection_id)
    if not rows:
        raise NotFound(f"There is no connection {connection_id!r}.")
    return rows


def _create(tx: Tx, call: Call, body: ConnectionBody) -> None:
    check_new(body)
    if variables.list_connections(tx, body.connection_id):
        raise Conflict(
            f"There is a connection {body.connection_id!r} already. To have several of one id, "
            "add it with POST api/couture/connections."
        )
    add(tx, call, body)


def _update(tx: Tx, call: Call, body: ConnectionBody, fields: set[str]) -> None:
    rows = _of(tx, body.connection_id)
    if len(rows) > 1:
        raise Conflict(
            f"{len(rows)} connections share the id {body.connection_id!r}. Change one of them by "
            "its number: PATCH api/couture/connections/{number}."
        )
    variables.change_connection(tx, rows[0].id, values_of(call, body, fields, rows[0]))
