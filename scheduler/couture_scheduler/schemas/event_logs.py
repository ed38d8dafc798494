"""Event logs, as in v2.yaml: what people did, and what the engine did."""

from datetime import datetime

from couture_scheduler.schemas.base import Answer, Instant, Page


class EventLogQuery(Page):
    """Which events."""

    dag_id: str | None = None
    task_id: str | None = None
    run_id: str | None = None
    map_index: int | None = None
    try_number: int | None = None
    owner: str | None = None
    event: str | None = None
    excluded_events: list[str] = []
    included_events: list[str] = []
    before: Instant = None
    after: Instant = None
    dag_id_pattern: str | None = None
    dag_id_prefix_pattern: str | None = None
    task_id_pattern: str | None = None
    task_id_prefix_pattern: str | None = None
    run_id_pattern: str | None = None
    run_id_prefix_pattern: str | None = None
    owner_pattern: str | None = None
    owner_prefix_pattern: str | None = None
    event_pattern: str | None = None
    event_prefix_pattern: str | None = None


class EventLogResponse(Answer):
    """One event."""

    event_log_id: int
    when: datetime
    dag_id: str | None
    task_id: str | None
    run_id: str | None
    map_index: int | None
    try_number: int | None
    event: str
    logical_date: datetime | None = None
    owner: str | None
    extra: str | None
    dag_display_name: str | None
    task_display_name: str | None


class EventLogCollectionResponse(Answer):
    """A page of events."""

    event_logs: list[EventLogResponse]
    total_entries: int
