"""Callback attempts: author code that the agent calls beside the tasks; Airflow has no such list."""

from datetime import datetime

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Page, Query, with_bounds

_Bounded = with_bounds("_Bounded", Page, ("created_at",))


class CallbackQuery(_Bounded):
    """Which callbacks."""

    dag_id: str | None = None
    dag_run_id: str | None = None
    task_id: str | None = None
    map_index: int | None = None
    kind: str | None = None
    state: list[str] = []


class CallbackLogQuery(Query):
    """From where on, in bytes."""

    offset: int = Field(default=0, ge=0, le=10**15)


class CallbackResponse(Answer):
    """One call of author code.

    Attributes:
        kind: the argument that it was given as, or `slots` where a timetable is asked.
        dag_run_id: None = it is about no run.
        task_id: None = it is the DAG's.
        state: queued, running, success, failed, or lost: its host ended, it is not called again.
        reason: why it failed.
    """

    id: str
    kind: str
    dag_id: str
    dag_run_id: str | None
    task_id: str | None
    map_index: int | None
    state: str
    reason: str | None
    hostname: str | None
    created_at: datetime
    start_date: datetime | None
    end_date: datetime | None


class CallbackCollectionResponse(Answer):
    """A page of callbacks."""

    callbacks: list[CallbackResponse]
    total_entries: int
