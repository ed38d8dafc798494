"""What the WebSocket pushes of changes, and what it takes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from couture_scheduler.schemas.base import Answer, Body


class TaskChange(Answer):
    """A task instance as it is now."""

    kind: Literal["task_instance"] = "task_instance"
    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    state: str | None
    try_number: int
    start_date: datetime | None
    end_date: datetime | None
    reason: str | None


class RunChange(Answer):
    """A run as it is now."""

    kind: Literal["dag_run"] = "dag_run"
    dag_id: str
    run_id: str
    state: str
    start_date: datetime | None
    end_date: datetime | None


class DagChange(Answer):
    """Something happened to a DAG: version, paused, unpaused, added or removed."""

    kind: Literal["dag"] = "dag"
    dag_id: str
    event: str


class ImportErrorChange(Answer):
    """A file's import error came, changed or went."""

    kind: Literal["import_error"] = "import_error"
    filename: str


Change = TaskChange | RunChange | DagChange | ImportErrorChange


class FollowLog(Body):
    """Push the text of a log from `offset` (in bytes) on, as it grows."""

    type: Literal["follow_log"]
    id: str = Field(max_length=100)
    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1
    try_number: int = Field(default=1, ge=1)
    offset: int = Field(default=0, ge=0)


class UnfollowLog(Body):
    """Push no more of it."""

    type: Literal["unfollow_log"]
    id: str


LiveRequest: TypeAdapter[FollowLog | UnfollowLog] = TypeAdapter(
    Annotated[FollowLog | UnfollowLog, Field(discriminator="type")]
)
