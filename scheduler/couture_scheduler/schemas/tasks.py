"""Tasks of a DAG's current version, as in v2.yaml."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import ConfigDict, Field

from couture_scheduler.schemas.base import Answer, Query


class TaskQuery(Query):
    """In which order."""

    order_by: str = "task_id"


class TimeDelta(Answer):
    """A duration as Airflow writes it."""

    model_config = ConfigDict(serialize_by_alias=True)

    type: str = Field(default="TimeDelta", serialization_alias="__type")
    days: int
    seconds: int
    microseconds: int

    @classmethod
    def of(cls, seconds: float | None) -> "TimeDelta | None":
        """Return the duration of that many seconds."""
        if seconds is None:
            return None
        delta = timedelta(seconds=seconds)
        return cls(days=delta.days, seconds=delta.seconds, microseconds=delta.microseconds)


class TaskResponse(Answer):
    """One task."""

    task_id: str
    task_display_name: str
    owner: str | None
    start_date: datetime | None
    end_date: datetime | None
    trigger_rule: str | None
    depends_on_past: bool
    wait_for_downstream: bool
    retries: float | None
    queue: str | None
    pool: str | None
    pool_slots: float | None
    execution_timeout: TimeDelta | None
    retry_delay: TimeDelta | None
    retry_exponential_backoff: float
    priority_weight: float | None
    weight_rule: str | None
    ui_color: str | None = None
    ui_fgcolor: str | None = None
    template_fields: list[str] | None
    downstream_task_ids: list[str] | None
    doc_md: str | None
    operator_name: str | None
    params: dict[str, Any] | None
    class_ref: dict[str, Any] | None
    is_mapped: bool | None = False
    extra_links: list[str] = []


class TaskCollectionResponse(Answer):
    """All tasks of a DAG."""

    tasks: list[TaskResponse]
    total_entries: int
