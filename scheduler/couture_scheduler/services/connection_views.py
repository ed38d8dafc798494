"""Connections one by one: each by its number, since several may share an id (S21.3)."""

from collections import Counter

from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.base import UpdateMask
from couture_scheduler.schemas.connections import (
    ConnectionBody,
    ConnectionQuery,
    ConnectionView,
    ConnectionViewList,
)
from couture_scheduler.services.connection_rows import add, find_one, values_of, view
from couture_scheduler.services.connections import check_new, fields_of
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables

_MENU = "ConnectionModelView"


@service("can_list", _MENU)
def get_connection_views(tx: Tx, call: Call, query: ConnectionQuery) -> ConnectionViewList:
    """List connections with their numbers."""
    asked = criteria(query, variables.CONNECTION_COLUMNS)
    listed = variables.list_page_of_connections(tx, asked)
    sharing = Counter(variables.list_connection_ids(tx))
    return ConnectionViewList(
        connections=[view(call, row, sharing[row.conn_id]) for row in listed.rows],
        total_entries=listed.total,
        can_test=call.workflow.settings.test_connections,
    )


@service("can_show", _MENU)
def get_connection_view(tx: Tx, call: Call, number: int) -> ConnectionView:
    """Return one connection."""
    return _view(tx, call, number)


@service("can_add", _MENU, mutates=True, secrets=("body",))
def add_connection(tx: Tx, call: Call, body: ConnectionBody) -> ConnectionView:
    """Add a connection; several may share one id."""
    check_new(body)
    call.notes["connection_id"] = body.connection_id
    return _view(tx, call, add(tx, call, body))


@service("can_edit", _MENU, mutates=True, secrets=("body",))
def change_connection(
    tx: Tx, call: Call, number: int, body: ConnectionBody, query: UpdateMask
) -> ConnectionView:
    """Change one connection; what is hidden stays what it was if it is sent back."""
    row = find_one(tx, number)
    fields = fields_of(body, query.update_mask) | {"connection_id"}
    call.notes.update(connection_id=row.conn_id, fields=sorted(fields))
    variables.change_connection(tx, number, values_of(call, body, fields, row))
    return _view(tx, call, number)


@service("can_delete", _MENU, mutates=True)
def remove_connection(tx: Tx, call: Call, number: int) -> None:
    """Delete one connection; others of its id stay."""
    call.notes["connection_id"] = find_one(tx, number).conn_id
    variables.remove_connection(tx, number)


def _view(tx: Tx, call: Call, number: int) -> ConnectionView:
    row = find_one(tx, number)
    return view(call, row, len(variables.list_connections(tx, row.conn_id)))
