"""`get_parsing_context`: which DAG a file is read for, so that it can leave out others."""

from __future__ import annotations

from typing import NamedTuple


class AirflowParsingContext(NamedTuple):
    """The DAG and task that a file is read for; None means all."""

    dag_id: str | None = None
    task_id: str | None = None


def get_parsing_context() -> AirflowParsingContext:
    """Always for all: an attempt is forked from a process that has read the whole file."""
    return AirflowParsingContext()
