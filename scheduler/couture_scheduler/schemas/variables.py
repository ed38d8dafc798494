"""Variables, as in v2.yaml; and importing many, which Airflow has in its CLI only."""

from typing import Any, Literal

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body, Page


class VariableQuery(Page):
    """Which variables."""

    variable_key_pattern: str | None = None
    variable_key_prefix_pattern: str | None = None


class VariableBody(Body):
    """What a variable is to be; a value that is no text is stored as JSON."""

    key: str = Field(min_length=1, max_length=250)
    value: Any
    description: str | None = None
    team_name: None = None


class VariableResponse(Answer):
    """One variable; its value is hidden where its key says so (S14.4)."""

    key: str
    value: str | None
    description: str | None
    is_encrypted: bool = True
    team_name: None = None


class VariableCollectionResponse(Answer):
    """A page of variables."""

    variables: list[VariableResponse]
    total_entries: int


class VariableImport(Body):
    """Variables to set: values as they are, or {"value": ..., "description": ...}."""

    variables: dict[str, Any]
    action_on_existing_key: Literal["overwrite", "fail", "skip"] = "overwrite"


class VariablesImported(Answer):
    """Which keys an import added, changed, and left as they were."""

    created: list[str]
    changed: list[str]
    kept: list[str]


class VariableExport(Answer):
    """All variables, with values, in the form that can be imported."""

    variables: dict[str, Any]
