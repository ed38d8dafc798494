"""DAGs, as in v2.yaml."""

from datetime import datetime
from typing import Any, Literal

from couture_scheduler.schemas.base import Answer, Body, Page, Query, UpdateMask
from couture_scheduler.schemas.dag_versions import DagVersionResponse

RunStateName = Literal["queued", "running", "success", "failed"]


class DagQuery(Page):
    """Which DAGs."""

    dag_id_pattern: str | None = None
    dag_id_prefix_pattern: str | None = None
    dag_display_name_pattern: str | None = None
    dag_display_name_prefix_pattern: str | None = None
    tags: list[str] = []
    tags_match_mode: Literal["any", "all"] | None = None
    owners: list[str] = []
    exclude_stale: bool = True
    paused: bool | None = None
    has_import_errors: bool | None = None
    last_dag_run_state: RunStateName | None = None


class DagTagResponse(Answer):
    """One tag of one DAG."""

    name: str
    dag_id: str
    dag_display_name: str


class DAGResponse(Answer):
    """One DAG."""

    dag_id: str
    dag_display_name: str
    is_paused: bool
    is_stale: bool
    last_parsed_time: datetime | None = None
    last_parse_duration: float | None = None
    last_expired: datetime | None = None
    bundle_name: str | None = "dags"
    bundle_version: str | None = None
    relative_fileloc: str | None = None
    fileloc: str
    description: str | None = None
    timetable_summary: str | None = None
    timetable_description: str | None = None
    timetable_partitioned: bool = False
    timetable_periodic: bool
    tags: list[DagTagResponse]
    max_active_tasks: int
    max_active_runs: int | None = None
    max_consecutive_failed_dag_runs: int = 0
    has_task_concurrency_limits: bool
    has_import_errors: bool
    next_dagrun_logical_date: datetime | None = None
    next_dagrun_data_interval_start: datetime | None = None
    next_dagrun_data_interval_end: datetime | None = None
    next_dagrun_run_after: datetime | None = None
    allowed_run_types: list[str] | None = None
    owners: list[str]
    is_backfillable: bool
    file_token: str


class DAGCollectionResponse(Answer):
    """A page of DAGs."""

    dags: list[DAGResponse]
    total_entries: int


class DAGDetailsResponse(DAGResponse):
    """One DAG with what its file says of it."""

    catchup: bool
    dag_run_timeout: str | None = None
    asset_expression: dict[str, Any] | None = None
    doc_md: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    is_paused_upon_creation: bool | None = None
    params: dict[str, Any] | None = None
    render_template_as_native_obj: bool
    template_search_path: list[str] | None = None
    timezone: str | None = None
    last_parsed: datetime | None = None
    default_args: dict[str, Any] | None = None
    owner_links: dict[str, str] | None = None
    is_favorite: bool = False
    active_runs_count: int = 0
    concurrency: int
    latest_dag_version: DagVersionResponse | None = None


class DAGPatchBody(Body):
    """Switch on or off."""

    is_paused: bool


class DagPatchQuery(UpdateMask):
    """`confirm` agrees to the runs that switching on would create (ours)."""

    confirm: bool = False


class TagQuery(Page):
    """Which tags."""

    tag_name_pattern: str | None = None
    tag_name_prefix_pattern: str | None = None


class DAGTagCollectionResponse(Answer):
    """A page of tags."""

    tags: list[str]
    total_entries: int


class StatsQuery(Query):
    """Of which DAGs; none named = all."""

    dag_ids: list[str] = []


class DagStatsStateResponse(Answer):
    """How many runs are in a state."""

    state: RunStateName
    count: int


class DagStatsResponse(Answer):
    """Runs of one DAG by state."""

    dag_id: str
    dag_display_name: str
    stats: list[DagStatsStateResponse]


class DagStatsCollectionResponse(Answer):
    """Runs of DAGs by state."""

    dags: list[DagStatsResponse]
    total_entries: int


class DagDeleted(Answer):
    """What was deleted; `is_gone` = no file defined the DAG, so that it is not listed any more."""

    dag_id: str
    deleted_runs: int
    is_gone: bool
