"""The exceptions that DAG files raise and catch, under Airflow's names.

What a task raises decides its fate: `AirflowSkipException` skips it, `AirflowFailException` fails
it without a retry, `AirflowRescheduleException` gives the slot back until a time, anything else
fails it.
"""

from __future__ import annotations

from datetime import datetime


class AirflowException(Exception):  # noqa: N818 - Airflow's names, here and below
    """The base of everything that this package raises on purpose."""


class AirflowBadRequest(AirflowException):
    """An argument that cannot be served."""


class AirflowNotFoundException(AirflowException):
    """A named object (connection, template, ...) does not exist."""


class DagRunAlreadyExists(AirflowBadRequest):  # noqa: N818
    """A DAG has a run with that run_id or logical date already."""


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


class AirflowTaskTimeout(BaseException):
    """The task ran for longer than its execution_timeout.

    No `Exception`, as in newer Airflow: `except Exception` in a task must not swallow it.
    """


class AirflowTaskTerminated(BaseException):
    """The attempt was told to stop (SIGTERM); raised so that `finally` blocks run."""


class DagDefinitionError(AirflowException):
    """A DAG file defines something that cannot be run."""


class AirflowDagCycleException(DagDefinitionError):  # noqa: N818
    """A dependency would close a circle of tasks."""


class DuplicateTaskIdFound(DagDefinitionError):  # noqa: N818
    """Two tasks of one DAG have the same task_id."""


class DuplicateDependencyFound(DagDefinitionError):  # noqa: N818
    """A dependency between two tasks was stated twice."""


class TaskNotFound(AirflowNotFoundException):
    """A DAG has no task of that name."""
