"""Param: an input of a DAG run with a default, a description and a JSON schema for its form."""

from __future__ import annotations

from typing import Any


class Param:
    """A declared run input. Keywords beyond these two are its JSON schema (type, enum, ...)."""

    def __init__(self, default: Any = None, description: str | None = None, **schema: Any):
        self.value = default
        self.description = description
        self.schema: dict[str, Any] = schema.pop("schema", None) or schema

    @classmethod
    def of(cls, value: Any) -> Param:
        """The Param itself, or one that has the value as its default."""
        return value if isinstance(value, Param) else cls(value)

    def to_dict(self) -> dict[str, Any]:
        """The stored form."""
        return {"value": self.value, "description": self.description, "schema": self.schema}

    def __repr__(self) -> str:
        return f"Param({self.value!r})"
