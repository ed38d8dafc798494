"""SLA misses: what Airflow 1.10 shows under Browse; v2.yaml has no such thing."""

from datetime import datetime

from pydantic import Field

from couture_scheduler.schemas.base import Answer, Body, Page, with_bounds

_Bounded = with_bounds("_Bounded", Page, ("logical_date", "timestamp"))


class SlaMissQuery(_Bounded):
    """Which misses; `noted`: only those that somebody has explained, or only the others."""

    dag_id: str | None = None
    task_id: str | None = None
    dag_id_pattern: str | None = None
    task_id_pattern: str | None = None
    noted: bool | None = None


class SlaMissResponse(Answer):
    """One task that was not done in time."""

    id: int
    dag_id: str
    task_id: str
    dag_run_id: str
    logical_date: datetime
    sla_seconds: int
    timestamp: datetime
    email_sent: bool
    notification_sent: bool
    note: str | None
    noted_by: str | None


class SlaMissCollectionResponse(Answer):
    """A page of misses."""

    sla_misses: list[SlaMissResponse]
    total_entries: int


class SlaMissPatchBody(Body):
    """What somebody says about a miss."""

    note: str | None = Field(default=None, max_length=5000)
