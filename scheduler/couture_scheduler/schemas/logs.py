"""Logs of tries."""

from datetime import datetime
from typing import Any

from pydantic import Field, model_serializer

from couture_scheduler.schemas.base import Answer, Query


class LogQuery(Query):
    """Which part of a log; `token` is the continuation_token of the part before."""

    full_content: bool = False
    map_index: int = -1
    token: str | None = None


class ChunkQuery(Query):
    """From where on, in bytes."""

    map_index: int = -1
    offset: int = Field(default=0, ge=0, le=10**15)


class StructuredLogMessage(Answer):
    """One line; a plain one has neither time nor level."""

    timestamp: datetime | None = None
    event: str
    level: str | None = None

    @model_serializer
    def _only_what_is_there(self) -> dict[str, Any]:
        return {name: value for name, value in self if value is not None}


class TaskInstancesLogResponse(Answer):
    """A part of a log; a token where more may come."""

    content: list[StructuredLogMessage]
    continuation_token: str | None


class LogChunk(Answer):
    """New text of a followed log.

    `offset` counts bytes: where this text begins. `next_offset` is where the next begins.
    """

    offset: int
    next_offset: int
    text: str
    end: bool
