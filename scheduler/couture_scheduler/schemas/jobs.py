"""Our own processes, as in v2.yaml."""

from datetime import datetime

from couture_scheduler.schemas.base import Answer, Page, with_bounds

_Bounded = with_bounds("_Bounded", Page, ("start_date", "end_date"))


class JobQuery(_Bounded):
    """Which processes."""

    is_alive: bool | None = None
    job_state: str | None = None
    job_type: str | None = None
    hostname: str | None = None


class JobResponse(Answer):
    """One process."""

    id: int
    dag_id: str | None = None
    state: str | None
    job_type: str | None
    start_date: datetime | None
    end_date: datetime | None
    latest_heartbeat: datetime | None
    executor_class: str | None = None
    hostname: str | None
    unixname: str | None = None
    dag_display_name: str | None = None


class JobCollectionResponse(Answer):
    """A page of processes."""

    jobs: list[JobResponse]
    total_entries: int
