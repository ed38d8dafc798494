"""DAG runs, as in v2.yaml."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body, Moment, Page, with_bounds
from couture_scheduler.schemas.dag_versions import DagVersionResponse

_Bounded = with_bounds(
    "_Bounded", Page, ("run_after", "logical_date", "start_date", "end_date"), ("duration",)
)


class RunQuery(_Bounded):
    """Which runs."""

    run_type: list[str] = []
    state: list[str] = []
    run_id_pattern: str | None = None
    run_id_prefix_pattern: str | None = None
    triggering_user_name_pattern: str | None = None
    triggering_user_name_prefix_pattern: str | None = None
    dag_id_pattern: str | None = None
    dag_id_prefix_pattern: str | None = None


class DAGRunResponse(Answer):
    """One run."""

    dag_run_id: str
    dag_id: str
    logical_date: datetime | None
    queued_at: datetime | None
    start_date: datetime | None
    end_date: datetime | None
    duration: float | None
    data_interval_start: datetime | None
    data_interval_end: datetime | None
    run_after: datetime
    last_scheduling_decision: datetime | None = None
    run_type: str
    state: str
    triggered_by: str | None
    triggering_user_name: str | None
    conf: dict[str, Any] | None
    note: str | None
    dag_versions: list[DagVersionResponse]
    bundle_version: str | None = None
    dag_display_name: str
    partition_key: str | None = None
    partition_date: datetime | None = None


class DAGRunCollectionResponse(Answer):
    """A page of runs; `total_entries_limit` is set where more exist than were counted."""

    dag_runs: list[DAGRunResponse]
    total_entries: int | None
    total_entries_limit: int | None = None
    next_cursor: str | None = None
    previous_cursor: str | None = None


class TriggerDAGRunPostBody(Body):
    """A run to be made by hand."""

    dag_run_id: str | None = None
    data_interval_start: Moment | None = None
    data_interval_end: Moment | None = None
    logical_date: Moment | None = None
    run_after: Moment | None = None
    conf: dict[str, Any] | None = None
    note: str | None = Field(default=None, max_length=1000)
    partition_key: str | None = None


class DAGRunPatchBody(Body):
    """What to change of a run."""

    state: Literal["queued", "success", "failed"] | None = None
    note: str | None = Field(default=None, max_length=1000)


class DAGRunClearBody(Body):
    """Which of a run's tasks are to run again."""

    dry_run: bool = True
    only_failed: bool = False
    only_new: bool = False
    run_on_latest_version: bool | None = None
    note: str | None = Field(default=None, max_length=1000)
