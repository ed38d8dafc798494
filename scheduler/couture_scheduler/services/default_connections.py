"""The connections that operators look for when they are given none. Data, and its service."""

from pathlib import Path
from tempfile import gettempdir

from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.connections import ConnectionBody
from couture_scheduler.services.connection_rows import add
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import variables


def _connection(conn_type: str, host: str | None = None, **fields: str) -> ConnectionBody:
    given = {"connection_id": f"{conn_type}_default", "conn_type": conn_type, "host": host}
    return ConnectionBody.model_validate({**given, **fields})


DEFAULTS = (
    _connection("fs", extra='{"path": "/"}'),
    _connection("http", "https://www.httpbin.org/"),
    _connection("sqlite", str(Path(gettempdir()) / "sqlite_default.db")),
    _connection("mysql", "mysql", schema="airflow", login="root"),
    _connection("postgres", "postgres", schema="airflow", login="postgres"),
    _connection("mssql", "localhost"),
    _connection("oracle", "localhost", schema="schema", login="root"),
)  # without the passwords that Airflow makes up


@service("can_add", "ConnectionModelView", mutates=True)
def create_default_connections(tx: Tx, call: Call) -> None:
    """Add those of the default connections that are missing."""
    missing = [one for one in DEFAULTS if not variables.list_connections(tx, one.connection_id)]
    for one in missing:
        add(tx, call, one)
    call.notes["after"] = {"created": [one.connection_id for one in missing]}
