"""Backfills, as in v2.yaml; what we say beyond it has a default there."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body, Moment, Page

Reprocess = Literal["none", "failed", "completed"]


class BackfillQuery(Page):
    """Which backfills; ours are `dag_id_pattern` and `active`: those that are not over, or only
    the others."""

    dag_id: str | None = None
    dag_id_pattern: str | None = None
    active: bool | None = None


class BackfillPostBody(Body):
    """A range of runs to be made."""

    dag_id: str = Field(max_length=250)
    from_date: Moment
    to_date: Moment
    run_backwards: bool = False
    dag_run_conf: dict[str, Any] | None = None
    reprocess_behavior: Reprocess = "none"
    max_active_runs: int = Field(default=10, ge=1, le=1000)
    run_on_latest_version: bool | None = None


class BackfillResponse(Answer):
    """One backfill; `counts` are ours: its dates by the state of their run."""

    id: int
    dag_id: str
    dag_display_name: str
    from_date: datetime
    to_date: datetime
    dag_run_conf: dict[str, Any] | None
    is_paused: bool
    reprocess_behavior: str
    max_active_runs: int
    created_at: datetime
    completed_at: datetime | None
    updated_at: datetime
    run_backwards: bool = False
    user: str | None = None
    counts: dict[str, int] = {}


class BackfillCollectionResponse(Answer):
    """A page of backfills."""

    backfills: list[BackfillResponse]
    total_entries: int


class DryRunBackfillResponse(Answer):
    """One run that a backfill would make, or have run again."""

    logical_date: datetime | None
    partition_date: datetime | None = None
    partition_key: str | None = None


class DryRunBackfillCollectionResponse(Answer):
    """The runs that a backfill would make, in their order."""

    backfills: list[DryRunBackfillResponse]
    total_entries: int


class BackfillRunResponse(Answer):
    """One date of a backfill: its run, or why it has none."""

    logical_date: datetime
    dag_run_id: str | None
    state: str | None
    left_out: str | None


class BackfillRunCollectionResponse(Answer):
    """All dates of a backfill, in the order in which they are made."""

    runs: list[BackfillRunResponse]
    total_entries: int
