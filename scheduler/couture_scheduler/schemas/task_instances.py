"""Task instances and their tries, as in v2.yaml."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from couture_scheduler.schemas.base import (
    Answer,
    Body,
    Moment,
    Page,
    UpdateMask,
    with_bounds,
)
from couture_scheduler.schemas.dag_versions import DagVersionResponse

_Bounded = with_bounds(
    "_Bounded", Page, ("run_after", "logical_date", "start_date", "end_date"), ("duration",)
)


class MappedQuery(_Bounded):
    """Which instances of a mapped task."""

    state: list[str] = []
    pool: list[str] = []
    pool_name_pattern: str | None = None
    pool_name_prefix_pattern: str | None = None
    queue: list[str] = []
    queue_name_pattern: str | None = None
    queue_name_prefix_pattern: str | None = None
    version_number: list[int] = []
    try_number: list[int] = []
    operator: list[str] = []
    operator_name_pattern: str | None = None
    operator_name_prefix_pattern: str | None = None
    map_index: list[int] = []


class TaskInstanceQuery(MappedQuery):
    """Which task instances."""

    task_id: str | None = None
    task_display_name_pattern: str | None = None
    task_display_name_prefix_pattern: str | None = None
    dag_id_pattern: str | None = None
    dag_id_prefix_pattern: str | None = None
    run_id_pattern: str | None = None
    run_id_prefix_pattern: str | None = None


class _Try(Answer):
    """What a task instance and one of its tries have in common."""

    task_id: str
    dag_id: str
    dag_run_id: str
    map_index: int
    start_date: datetime | None
    end_date: datetime | None
    duration: float | None
    state: str | None
    try_number: int
    max_tries: int
    task_display_name: str
    dag_display_name: str
    hostname: str | None
    unixname: str | None = None
    pool: str
    pool_slots: int
    queue: str | None
    priority_weight: int | None
    operator: str | None
    operator_name: str | None
    queued_when: datetime | None
    scheduled_when: datetime | None
    pid: int | None
    executor: str | None = None
    executor_config: str = "{}"
    dag_version: DagVersionResponse | None


class TaskInstanceResponse(_Try):
    """One task instance."""

    id: UUID
    logical_date: datetime | None
    run_after: datetime
    note: str | None
    rendered_map_index: str | None = None
    rendered_fields: dict[str, Any] = Field(default_factory=dict)  # a plain {} is copied deeply
    trigger: None = None
    triggerer_job: None = None


class TaskInstanceHistoryResponse(_Try):
    """One try of a task instance."""


class TaskInstanceHistoryCollectionResponse(Answer):
    """All tries of a task instance."""

    task_instances: list[TaskInstanceHistoryResponse]
    total_entries: int


class TaskInstanceCollectionResponse(Answer):
    """A page of task instances."""

    task_instances: list[TaskInstanceResponse]
    total_entries: int | None
    total_entries_limit: int | None = None
    next_cursor: str | None = None
    previous_cursor: str | None = None


class NewTaskResponse(Answer):
    """A task that the run has no instance of yet."""

    task_id: str
    task_display_name: str


class ClearTaskInstanceCollectionResponse(Answer):
    """What clearing a run would touch."""

    task_instances: list[TaskInstanceResponse | NewTaskResponse]
    total_entries: int


class ClearTaskInstancesBody(Body):
    """Which task instances are to run again."""

    dry_run: bool = True
    start_date: Moment | None = None
    end_date: Moment | None = None
    only_failed: bool = True
    only_running: bool = False
    reset_dag_runs: bool = True
    task_ids: list[str | tuple[str, int]] | None = Field(default=None, min_length=1)
    dag_run_id: str | None = None
    include_upstream: bool = False
    include_downstream: bool = False
    include_future: bool = False
    include_past: bool = False
    run_on_latest_version: bool | None = None
    prevent_running_task: bool = False
    note: str | None = Field(default=None, max_length=1000)


class PatchTaskInstanceBody(Body):
    """What to change of a task instance."""

    new_state: Literal["success", "failed", "skipped"] | None = None
    note: str | None = Field(default=None, max_length=1000)
    include_upstream: bool = False
    include_downstream: bool = False
    include_future: bool = False
    include_past: bool = False


class PatchTaskInstanceQuery(UpdateMask):
    """Which instance of a mapped task; none = all of them."""

    map_index: int | None = None
