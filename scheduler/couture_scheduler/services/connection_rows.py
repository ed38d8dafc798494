"""Connections between rows, whose secrets are encrypted, and answers, where they are hidden."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid, NotFound
from couture_scheduler.schemas.connections import ConnectionBody, ConnectionResponse, ConnectionView
from couture_scheduler.sensitive import (
    HIDDEN,
    hide_in_urls,
    is_secret_extra,
    restore_in_urls,
    secrets_in_urls,
)
from couture_scheduler.services.redact import holds_hidden, restored, shown
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables

_PLAIN = ("conn_type", "description", "host", "port", "login")
_ADDRESS = ("conn_type", "host", "port")
_MAY_HIDE = ("password", "extra", "host", "login")

ELSEWHERE = (
    "What is hidden stays with the type, host and port that it was stored for: "
    "with others, type it again or take it away."
)


def find_one(tx: Tx, number: int) -> Any:
    """Return the row of a connection by its number.

    Raises:
        NotFound: there is none.
    """
    row = variables.find_connection(tx, number)
    if row is None:
        raise NotFound(f"There is no connection number {number}.")
    return row


def add(tx: Tx, call: Call, body: ConnectionBody) -> int:
    """Add a connection and return its number."""
    return variables.add_connection(tx, values_of(call, body, set(ConnectionBody.model_fields)))


def values_of(
    call: Call, body: ConnectionBody, fields: set[str], row: Any | None = None
) -> dict[str, Any]:
    """Return the columns that the fields of a body ask for; hidden ones stay as in `row`.

    Raises:
        Invalid: the connection leads elsewhere than before, and a hidden secret would go there.
    """
    found: dict[str, Any] = {
        name: _plain(getattr(body, name), row and getattr(row, name))
        for name in _PLAIN
        if name in fields
    }
    if "schema_" in fields:
        found["schema"] = body.schema_
    if "connection_id" in fields:
        found["conn_id"] = body.connection_id
    encrypt = call.workflow.vault.encrypt
    if "password" in fields and not (body.password == HIDDEN and row is not None):
        found["password"] = encrypt(body.password) if body.password else None
    if "extra" in fields:
        extra = _extra(call, body.extra or "", row)
        found["extra"] = encrypt(extra) if extra else None
    if row is not None and not leads_where(row, found):
        _refuse_hidden(call, body, fields, row)
    return found


def leads_where(row: Any, given: dict[str, Any]) -> bool:
    """Say whether a stored connection leads to the address that is given, as far as it is."""
    return all((given.get(one, old) or None) == (old or None) for one, old in _address(row))


def _address(row: Any) -> list[tuple[str, Any]]:
    return [(name, getattr(row, name)) for name in _ADDRESS]


def _refuse_hidden(call: Call, body: ConnectionBody, fields: set[str], row: Any) -> None:
    """Refuse to keep a secret that who makes the change may not have seen."""
    clear, seen = opened(call, row), _fields(call, row)
    for name in _MAY_HIDE:
        given = getattr(body, name) or ""
        is_marked = given == HIDDEN or holds_hidden("", given, is_secret_extra)
        if clear[name] != seen[name] and (name not in fields or is_marked):
            raise Invalid(ELSEWHERE, name)


def _plain(value: Any, kept: Any) -> Any:
    """Return a field's new value; passwords in its URLs that are only marks stay."""
    both = isinstance(value, str) and isinstance(kept, str)
    return restore_in_urls(value, kept) if both else value


def _extra(call: Call, text: str, row: Any | None) -> str:
    kept = call.workflow.vault.decrypt(row.extra) if row is not None and row.extra else None
    if kept is not None and text == HIDDEN:  # what is no JSON is hidden as a whole
        return kept
    return restored("", text, kept, is_secret_extra)


def opened(call: Call, row: Any) -> dict[str, Any]:
    """Return a connection's fields with its secrets in clear."""
    decrypt = call.workflow.vault.decrypt
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "schema": row.schema,
        "password": decrypt(row.password) if row.password else None,
        "extra": decrypt(row.extra) if row.extra else None,
    }


def answer(call: Call, row: Any) -> ConnectionResponse:
    """Return a connection as v2.yaml has it."""
    return ConnectionResponse(**_fields(call, row))


def view(call: Call, row: Any, sharing: int) -> ConnectionView:
    """Return a connection with its number."""
    return ConnectionView(**_fields(call, row), id=row.id, sharing=sharing)


def _fields(call: Call, row: Any) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in _PLAIN}
    return {
        **{k: hide_in_urls(v) if isinstance(v, str) else v for k, v in plain.items()},
        "connection_id": row.conn_id,
        "schema_": row.schema,
        "password": HIDDEN if row.password else None,
        "extra": _shown_extra(call.workflow.vault.decrypt(row.extra)) if row.extra else None,
    }


def _shown_extra(text: str) -> str:
    return shown("", text, is_secret_extra) if text.lstrip().startswith(("{", "[")) else HIDDEN


def is_only_hidden(body: ConnectionBody) -> bool:
    """Say whether a new connection was given the mark of a secret instead of one."""
    extra = body.extra or ""
    plain = secrets_in_urls(f"{body.host} {body.login} {body.description}")
    given = (body.password, extra, *plain)
    return HIDDEN in given or holds_hidden("", extra, is_secret_extra)
