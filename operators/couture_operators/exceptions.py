"""The exceptions that DAG files raise and catch, under Airflow's names.

What a task raises decides its fate: `AirflowSkipException` skips it, `AirflowFailException` fails
it without a retry, `AirflowRescheduleException` gives the slot back until a time, `TaskDeferred`
until a trigger fires, anything else fails it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from couture_operators.triggers.base import BaseTrigger


class AirflowException(Exception):  # noqa: N818 - Airflow's names, here and below
    """The base of everything that this package raises on purpose."""


class AirflowBadRequest(AirflowException):
    """An argument that cannot be served."""


class AirflowNotFoundException(AirflowException):
    """A named object (connection, template, ...) does not exist."""


class DagRunAlreadyExists(AirflowBadRequest):  # noqa: N818
    """A DAG has a run with that run_id or logical date already."""


class AirflowConfigException(AirflowException):
    """A setting that is missing or cannot be read."""


class AirflowOptionalProviderFeatureException(AirflowException):
    """A feature needs a package that is not installed."""


class AirflowSkipException(AirflowException):
    """Raised by a task that wants to be skipped."""


class AirflowFailException(AirflowException):
    """Raised by a task that wants to fail now, whatever retries are left."""


class AirflowSensorTimeout(AirflowException):
    """A sensor waited for longer than its timeout."""


class AirflowRescheduleException(AirflowException):
    """Raised by a task that gives its slot back and wants to run again later."""

    def __init__(self, reschedule_date: datetime):
        super().__init__(f"The task wants to run again at {reschedule_date.isoformat()}.")
        self.reschedule_date = reschedule_date

    def __reduce__(self):
        return type(self), (self.reschedule_date,)


class TaskDeferred(BaseException):  # noqa: N818
    """Raised by `task.defer(...)`: go on in the named method when the trigger fires.

    No `Exception`, as in Airflow: `except Exception` in a task must not swallow it.
    """

    def __init__(
        self,
        *,
        trigger: BaseTrigger,
        method_name: str,
        kwargs: dict[str, Any] | None = None,
        timeout: timedelta | float | None = None,
    ):
        super().__init__(f"The task goes on in {method_name} when {trigger!r} fires.")
        self.trigger, self.method_name, self.kwargs = trigger, method_name, kwargs or {}
        self.timeout = timedelta(seconds=timeout) if isinstance(timeout, int | float) else timeout


class TaskDeferralError(AirflowException):
    """What a deferred task waited for failed."""


class TaskDeferralTimeout(TaskDeferralError):  # noqa: N818
    """What a deferred task waited for did not come in time."""


class AirflowTaskTimeout(BaseException):
    """The task ran for longer than its execution_timeout.

    No `Exception`, as in newer Airflow: `except Exception` in a task must not swallow it.
    """


class AirflowTaskTerminated(BaseException):
    """The attempt was told to stop (SIGTERM); raised so that `finally` blocks run."""


class DagDefinitionError(AirflowException):
    """A DAG file defines something that cannot be run."""


class ParamValidationError(DagDefinitionError):
    """The value of a param does not fit its schema."""


class AirflowDagCycleException(DagDefinitionError):  # noqa: N818
    """A dependency would close a circle of tasks."""


class DuplicateTaskIdFound(DagDefinitionError):  # noqa: N818
    """Two tasks of one DAG have the same task_id."""


class TaskNotFound(AirflowNotFoundException):
    """A DAG has no task of that name."""


class TaskAlreadyInTaskGroup(DagDefinitionError):  # noqa: N818
    """A task was added to a second task group."""


class XComNotFound(AirflowException):  # noqa: N818
    """A task needs an XCom that nobody pushed."""


class UnmappableXComTypePushed(AirflowException):  # noqa: N818
    """A task returned something that the tasks mapped over it cannot be made from."""


class UnmappableXComLengthPushed(AirflowException):  # noqa: N818
    """A task returned more than may be mapped over."""


class XComForMappingNotPushed(AirflowException):  # noqa: N818
    """A task returned nothing, but other tasks are mapped over what it returns."""
