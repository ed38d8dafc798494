"""Connections, as in v2.yaml; and each by its number, since several may share an id (S21.3)."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from couture_scheduler.schemas.base import Answer, Body, Page

_ID = r"^[\w.-]+$"


class ConnectionQuery(Page):
    """Which connections."""

    connection_id_pattern: str | None = None
    connection_id_prefix_pattern: str | None = None


class ConnectionBody(Body):
    """What a connection is to be."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    connection_id: str = Field(min_length=1, max_length=200, pattern=_ID)
    conn_type: str = Field(min_length=1, max_length=250)
    description: str | None = None
    host: str | None = None
    login: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    port: int | None = Field(default=None, ge=0, le=65535)
    password: str | None = None
    extra: str | None = None
    team_name: None = None


class ConnectionResponse(Answer):
    """One connection; its password and what is secret in its extra are hidden."""

    model_config = ConfigDict(
        serialize_by_alias=True, validate_by_name=True, validate_by_alias=True
    )

    connection_id: str
    conn_type: str
    description: str | None = None
    host: str | None = None
    login: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    port: int | None = None
    password: str | None = None
    extra: str | None = None
    team_name: None = None


class ConnectionCollectionResponse(Answer):
    """A page of connections."""

    connections: list[ConnectionResponse]
    total_entries: int


class ConnectionTestResponse(Answer):
    """Whether the other system answered, in a sentence."""

    status: bool
    message: str


class ConnectionTestRequestBody(ConnectionBody):
    """A connection to be tested; `executor` and `queue` are Airflow's, the service tests itself."""

    commit_on_success: bool = False
    executor: str | None = None
    queue: str | None = None


class ConnectionTestQueuedResponse(Answer):
    """A test that was asked for; its token is what one looks for it by."""

    token: str
    connection_id: str
    state: str


class AsyncConnectionTestResponse(ConnectionTestQueuedResponse):
    """How a test stands: pending, running, success or failed."""

    created_at: datetime
    result_message: str | None = None


class ConnectionView(ConnectionResponse):
    """One connection with its number.

    Attributes:
        sharing: how many connections have its id.
    """

    id: int
    sharing: int


class ConnectionViewList(Answer):
    """A page of connections, and whether their tests are switched on."""

    connections: list[ConnectionView]
    total_entries: int
    can_test: bool


class ConnectionsImport(Body):
    """Connections to add: {id: URI, or fields, or a list of these}."""

    connections: dict[str, Any]
    overwrite: bool = False


class ConnectionsImported(Answer):
    """Which ids an import added, replaced, and left as they were."""

    created: list[str]
    changed: list[str]
    kept: list[str]


class ConnectionsExport(Answer):
    """All connections, with their secrets, in the form that can be imported."""

    connections: dict[str, list[dict[str, Any]]]
