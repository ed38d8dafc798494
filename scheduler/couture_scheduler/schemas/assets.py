"""Assets, their events and what waits for whom, as in v2.yaml."""

from datetime import datetime
from typing import Any

from pydantic import model_validator

from couture_scheduler.schemas.base import Answer, Body, Instant, Page, Query, with_bounds
from couture_scheduler.schemas.dag_runs import TriggerDAGRunPostBody

_Bounded = with_bounds("_Bounded", Page, ("timestamp",))


class AssetQuery(Page):
    """Which assets; `name` and `uri` are ours."""

    name: str | None = None
    uri: str | None = None

    name_pattern: str | None = None
    name_prefix_pattern: str | None = None
    uri_pattern: str | None = None
    uri_prefix_pattern: str | None = None
    dag_ids: list[str] = []
    only_active: bool = True


class AssetAliasQuery(Page):
    """Which aliases; `name` is ours."""

    name: str | None = None

    name_pattern: str | None = None
    name_prefix_pattern: str | None = None


class AssetEventQuery(_Bounded):
    """Which events."""

    asset_id: int | None = None
    source_dag_id: str | None = None
    source_task_id: str | None = None
    source_run_id: str | None = None
    source_map_index: int | None = None
    name_pattern: str | None = None
    name_prefix_pattern: str | None = None


class QueuedEventQuery(Query):
    """Which waiting events: those from before a time."""

    before: Instant = None


class DagReference(Answer):
    """A DAG whose schedule waits for an asset."""

    dag_id: str
    created_at: datetime
    updated_at: datetime


class TaskReference(Answer):
    """A task that updates or reads an asset."""

    dag_id: str
    task_id: str
    created_at: datetime
    updated_at: datetime


class AssetAliasResponse(Answer):
    """One alias."""

    id: int
    name: str
    group: str


class AssetAliasCollectionResponse(Answer):
    """A page of aliases."""

    asset_aliases: list[AssetAliasResponse]
    total_entries: int


class LastAssetEventResponse(Answer):
    """The latest event of an asset."""

    id: int | None
    timestamp: datetime | None


class AssetResponse(Answer):
    """One asset."""

    id: int
    name: str
    uri: str
    group: str
    extra: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    scheduled_dags: list[DagReference]
    producing_tasks: list[TaskReference]
    consuming_tasks: list[TaskReference]
    aliases: list[AssetAliasResponse]
    watchers: list[dict[str, Any]] = []
    last_asset_event: LastAssetEventResponse | None


class AssetCollectionResponse(Answer):
    """A page of assets."""

    assets: list[AssetResponse]
    total_entries: int


class DagRunAssetReference(Answer):
    """A run that consumed an event; `triggering` = it was the last that the run waited for."""

    run_id: str
    dag_id: str
    logical_date: datetime | None
    start_date: datetime
    end_date: datetime | None
    state: str
    data_interval_start: datetime | None
    data_interval_end: datetime | None
    partition_key: str | None = None
    triggering: bool


class AssetEventResponse(Answer):
    """One event."""

    id: int
    asset_id: int
    uri: str | None
    name: str | None
    group: str | None
    extra: dict[str, Any] | None
    source_task_id: str | None
    source_dag_id: str | None
    source_run_id: str | None
    source_map_index: int
    created_dagruns: list[DagRunAssetReference]
    timestamp: datetime
    partition_key: str | None = None


class AssetEventCollectionResponse(Answer):
    """A page of events."""

    asset_events: list[AssetEventResponse]
    total_entries: int


class CreateAssetEventsBody(Body):
    """An event that somebody makes: the asset was updated by something that is no task."""

    asset_id: int
    extra: dict[str, Any] | None = None
    partition_key: str | None = None
    access_control: dict[str, Any] | None = None


class MaterializeAssetBody(TriggerDAGRunPostBody):
    """The run to be made of the DAG that updates an asset; null asks for nothing special."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_empty(cls, given: Any) -> Any:
        return {} if given is None else given


class QueuedEventResponse(Answer):
    """An asset whose update waits for a DAG's next run."""

    dag_id: str
    asset_id: int
    created_at: datetime
    dag_display_name: str


class QueuedEventCollectionResponse(Answer):
    """What waits."""

    queued_events: list[QueuedEventResponse]
    total_entries: int
