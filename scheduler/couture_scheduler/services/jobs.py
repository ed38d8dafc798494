"""Our own processes and whether they are healthy."""

from datetime import datetime, timedelta
from typing import Any

from couture_scheduler import __version__
from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.jobs import JobCollectionResponse, JobQuery, JobResponse
from couture_scheduler.schemas.monitor import (
    BaseInfoResponse,
    DagProcessorInfoResponse,
    HealthInfoResponse,
    SchedulerInfoResponse,
    TriggererInfoResponse,
    VersionInfo,
)
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.settings import Settings
from couture_scheduler.store import lists, summaries

SCHEDULER, AGENT = "SchedulerJob", "AgentJob"


@service("can_list", "JobModelView")
def get_jobs(tx: Tx, call: Call, query: JobQuery) -> JobCollectionResponse:
    """List our processes, past ones too."""
    asked = criteria(query, lists.JOB_COLUMNS)
    alive_since = query.is_alive and tx.now - dead_after(call.workflow.settings)
    listed = lists.list_jobs(tx, asked, alive_since or None)
    return JobCollectionResponse(
        jobs=[_job(row) for row in listed.rows], total_entries=listed.total
    )


@service("can_version", "VersionView")
def get_version(tx: Tx, call: Call) -> VersionInfo:
    """Return the release."""
    return VersionInfo(version=__version__)


@service("can_index", "Airflow")
def get_health(tx: Tx, call: Call) -> HealthInfoResponse:
    """Say of each part whether it is healthy."""
    row = summaries.find_last_job(tx, SCHEDULER)
    healthy = is_alive(row, tx.now, call.workflow.settings)
    status = "healthy" if healthy else "unhealthy"
    beat = row.latest_heartbeat.isoformat() if row else None
    return HealthInfoResponse(
        metadatabase=BaseInfoResponse(status="healthy"),
        scheduler=SchedulerInfoResponse(status=status, latest_scheduler_heartbeat=beat),
        triggerer=TriggererInfoResponse(status=None, latest_triggerer_heartbeat=None),
        dag_processor=DagProcessorInfoResponse(status=status, latest_dag_processor_heartbeat=beat),
    )


def dead_after(settings: Settings) -> timedelta:
    """Return how long without a sign of life makes a process count as away."""
    return timedelta(seconds=3 * settings.heartbeat_seconds)


def is_alive(row: Any | None, now: datetime, settings: Settings) -> bool:
    """Say whether a process is running and has shown a sign of life lately."""
    return (
        row is not None
        and row.state == "running"
        and row.latest_heartbeat > now - dead_after(settings)
    )


def _job(row: Any) -> JobResponse:
    return JobResponse(
        id=row.id,
        state=row.state,
        job_type=row.job_type,
        start_date=row.start_date,
        end_date=row.end_date,
        latest_heartbeat=row.latest_heartbeat,
        hostname=row.hostname,
    )
