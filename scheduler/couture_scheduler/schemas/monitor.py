"""Version and health, as in v2.yaml."""

from couture_scheduler.schemas.base import Answer


class VersionInfo(Answer):
    """Which release this is."""

    version: str
    git_version: str | None = None


class BaseInfoResponse(Answer):
    """Whether a part is healthy."""

    status: str | None


class SchedulerInfoResponse(BaseInfoResponse):
    """The scheduler's last sign of life."""

    latest_scheduler_heartbeat: str | None


class TriggererInfoResponse(BaseInfoResponse):
    """There is no triggerer."""

    latest_triggerer_heartbeat: str | None


class DagProcessorInfoResponse(BaseInfoResponse):
    """The parser lives in the scheduler's process."""

    latest_dag_processor_heartbeat: str | None


class HealthInfoResponse(Answer):
    """Health of all parts."""

    metadatabase: BaseInfoResponse
    scheduler: SchedulerInfoResponse
    triggerer: TriggererInfoResponse
    dag_processor: DagProcessorInfoResponse
