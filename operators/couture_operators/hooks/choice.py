"""Which hook serves a connection, by its type."""

from __future__ import annotations

from typing import Any

from couture_operators.connection import BaseHook, Connection
from couture_operators.exceptions import AirflowException
from couture_operators.hooks.filesystem import FSHook
from couture_operators.hooks.http import HttpHook
from couture_operators.hooks.sql import hook_class


def hook_of(conn: Connection, **params: Any) -> BaseHook:
    """The hook for a connection; a sentence where its type has none here."""
    kind = (conn.conn_type or "").lower()
    if kind in ("http", "https"):
        return HttpHook(http_conn_id=conn.conn_id or "", **params)
    if kind in ("fs", "file"):
        return FSHook(conn.conn_id or "")
    if (database := hook_class(kind)) is not None:
        return database(conn.conn_id or "", **params)
    raise AirflowException(
        f"There is no hook for connections of the type {kind!r}, which {conn.conn_id!r} is; take "
        "its fields from BaseHook.get_connection and use the system's own Python package."
    )
