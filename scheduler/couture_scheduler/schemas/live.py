"""What the WebSocket pushes of changes, and what it takes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from couture_scheduler.schemas.base import Answer, Body
from couture_scheduler.schemas.dag_views import DagRow, ImportErrorView


class TaskChange(Answer):
    """A task instance as it is now."""

    kind: Literal["task_instance"] = "task_instance"
    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    state: str | None
    try_number: int
    max_tries: int
    start_date: datetime | None
    end_date: datetime | None
    reason: str | None
    retry_at: datetime | None


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


class DagRowChange(Answer):
    """A DAG's row in the list as it is now."""

    kind: Literal["dag_row"] = "dag_row"
    dag_id: str
    row: DagRow


class ImportErrorChange(Answer):
    """A file's import error came, changed or went.

    Attributes:
        dag_ids, account: whose file it is; not told.
    """

    kind: Literal["import_error"] = "import_error"
    filename: str
    error: ImportErrorView | None
    dag_ids: list[str] = Field(default=[], exclude=True)
    account: str | None = Field(default=None, exclude=True)


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


class FollowTask(Body):
    """Push a task instance, at once and whenever it changes."""

    type: Literal["follow_task"]
    id: str = Field(max_length=100)
    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1

    def concerns(self, change: TaskChange) -> bool:
        """Say whether a change is one of the task that is followed."""
        found = (change.dag_id, change.run_id, change.task_id, change.map_index)
        return found == (self.dag_id, self.run_id, self.task_id, self.map_index)


class Unfollow(Body):
    """Push no more of what was asked for under this id."""

    type: Literal["unfollow"]
    id: str


LiveRequest: TypeAdapter[FollowLog | FollowTask | Unfollow] = TypeAdapter(
    Annotated[FollowLog | FollowTask | Unfollow, Field(discriminator="type")]
)
