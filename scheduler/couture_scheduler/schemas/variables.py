"""Variables and connections, as in v2.yaml."""

from pydantic import ConfigDict, Field

from couture_scheduler.schemas.base import Answer


class VariableResponse(Answer):
    """One variable."""

    key: str
    value: str
    description: str | None
    is_encrypted: bool = True


class VariableCollectionResponse(Answer):
    """All variables."""

    variables: list[VariableResponse]
    total_entries: int


class ConnectionResponse(Answer):
    """One connection; its password is never shown."""

    model_config = ConfigDict(serialize_by_alias=True)

    connection_id: str
    conn_type: str
    description: str | None = None
    host: str | None = None
    login: str | None = None
    schema_: str | None = Field(default=None, serialization_alias="schema")
    port: int | None = None
    password: str | None = None
    extra: str | None = None


class ConnectionCollectionResponse(Answer):
    """All connections."""

    connections: list[ConnectionResponse]
    total_entries: int
