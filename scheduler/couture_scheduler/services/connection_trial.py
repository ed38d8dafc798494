"""Try a connection: does the other system answer? Bounded in time, and never with its data."""

import socket
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Forbidden, Invalid
from couture_scheduler.schemas.connections import ConnectionBody, ConnectionTestResponse
from couture_scheduler.sensitive import HIDDEN
from couture_scheduler.services.connection_rows import ELSEWHERE, find_one, leads_where, opened
from couture_scheduler.services.trial import trial
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables

_MENU = "ConnectionModelView"
_WITHIN = 10.0
_DIALECTS = {
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "oracle": "oracle",
    "mssql": "mssql",
}
_PORTS = {
    "http": 80,
    "https": 443,
    "ftp": 21,
    "ssh": 22,
    "sftp": 22,
    "smtp": 25,
    "redis": 6379,
    "postgres": 5432,
    "postgresql": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "mongo": 27017,
    "livy": 8998,
    "hdfs": 8020,
    "webhdfs": 9870,
    "hiveserver2": 10000,
    "spark": 7077,
}


@trial("can_edit", _MENU, secrets=("body",))
def try_connection(_: None, call: Call, body: ConnectionBody) -> ConnectionTestResponse:
    """Try a connection as it is given; what is hidden is taken from the one that is stored."""
    check_allowed(call)
    call.notes["connection_id"] = body.connection_id
    with call.workflow.db.read() as tx:
        given = fields_to_try(tx, call, body)
    return try_it(given)


def fields_to_try(tx: Tx, call: Call, body: ConnectionBody) -> dict[str, Any]:
    """Return a connection as it is given, its password if that is hidden from the stored one.

    Raises:
        Invalid: what is stored of this id leads elsewhere.
    """
    given = body.model_dump(by_alias=True)
    if body.password != HIDDEN:
        return given
    for row in variables.list_connections(tx, body.connection_id):
        if leads_where(row, given):
            return {**given, "password": opened(call, row)["password"]}
    raise Invalid(ELSEWHERE, "password")


@trial("can_edit", _MENU)
def try_stored_connection(_: None, call: Call, number: int) -> ConnectionTestResponse:
    """Try a connection that is stored."""
    check_allowed(call)
    with call.workflow.db.read() as tx:
        row = find_one(tx, number)
    call.notes["connection_id"] = row.conn_id
    return try_it(opened(call, row))


def check_allowed(call: Call) -> None:
    """Refuse where tests are switched off.

    Raises:
        Forbidden: says which setting switches them on.
    """
    if not call.workflow.settings.test_connections:
        raise Forbidden(
            "Testing connections is switched off: it lets people reach hosts from the server. "
            "Set test_connections to switch it on."
        )


def try_it(fields: dict[str, Any], within: float = _WITHIN) -> ConnectionTestResponse:
    """Try it in a thread of its own, which is left alone when it takes too long."""
    found: list[ConnectionTestResponse] = []
    thread = threading.Thread(
        target=lambda: found.append(_answer(fields, within)), daemon=True, name="connection-test"
    )
    thread.start()
    thread.join(within + 1)
    if found:
        return found[0]
    return _no(f"No answer from {_place(fields)} within {within:g} s.")


def _answer(fields: dict[str, Any], within: float) -> ConnectionTestResponse:
    kind = fields["conn_type"]
    if kind == "sqlite":
        return _try_sqlite(Path(fields["host"] or ""))
    if not fields["host"]:
        return _no(f"A connection of type {kind} without a host cannot be tried.")
    if kind in _DIALECTS:
        return _try_database(fields, within)
    port = fields["port"] or _PORTS.get(kind)
    if port is None:
        return _no(f"A connection of type {kind} without a port cannot be tried.")
    return _try_address(fields["host"], port, within)


def _try_address(host: str, port: int, within: float) -> ConnectionTestResponse:
    name = host.partition("://")[2] or host
    name = name.partition("/")[0]
    try:
        socket.create_connection((name, port), within).close()
    except (OSError, UnicodeError) as error:
        return _no(f"{name}:{port} cannot be reached: {error}.")
    return _yes(f"{name}:{port} answers. Whether the login is right was not tried.")


def _try_sqlite(path: Path) -> ConnectionTestResponse:
    if path.is_file():
        return _yes(f"The file {path} is there.")
    return _no(f"There is no file {path} on the server.")


def _try_database(fields: dict[str, Any], within: float) -> ConnectionTestResponse:
    url = URL.create(
        _DIALECTS[fields["conn_type"]],
        fields["login"],
        fields["password"],
        fields["host"],
        fields["port"],
        fields["schema"],
    )
    try:
        engine = create_engine(
            url, poolclass=NullPool, connect_args={"connect_timeout": int(within)}
        )
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (NoSuchModuleError, ImportError):
        port = fields["port"] or _PORTS.get(fields["conn_type"])
        return _try_address(fields["host"], port, within) if port else _no("No driver for it.")
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return _no(f"{_place(fields)} refused: {cause}")
    return _yes(f"{_place(fields)} answers, and the login is right.")


def _place(fields: dict[str, Any]) -> str:
    return f"{fields['host']}:{fields['port']}" if fields.get("port") else str(fields["host"])


def _yes(message: str) -> ConnectionTestResponse:
    return ConnectionTestResponse(status=True, message=message)


def _no(message: str) -> ConnectionTestResponse:
    return ConnectionTestResponse(status=False, message=message)
