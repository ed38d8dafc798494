"""Exceptions of Airflow that nothing here raises, for files that catch or raise them.

All classes of `airflow.exceptions` of 1.10.15 and 2.10.5 stand here or in couture_operators.exceptions;
a test compares them with the distributions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from couture_operators.exceptions import (
    AirflowBadRequest,
    AirflowException,
    AirflowNotFoundException,
)

# ruff: noqa: N818 - Airflow's names


class AirflowWebServerTimeout(AirflowException):
    """A web server did not answer in time."""


class AirflowInternalRuntimeError(BaseException):
    """Something went wrong inside; `except Exception` does not catch it, as in Airflow."""


class AirflowClusterPolicyViolation(AirflowException):
    """Raised by policies of a deployment, which this product has not."""


class AirflowClusterPolicySkipDag(AirflowException):
    """Raised by a policy that leaves a DAG out."""


class AirflowClusterPolicyError(AirflowException):
    """A policy failed."""


class AirflowProviderDeprecationWarning(DeprecationWarning):
    """Something of a provider will go."""


class RemovedInAirflow3Warning(DeprecationWarning):
    """Something of Airflow 2 will go."""


class DagNotFound(AirflowNotFoundException):
    """There is no such DAG."""


class DagCodeNotFound(AirflowNotFoundException):
    """There is no source of a DAG."""


class DagRunNotFound(AirflowNotFoundException):
    """There is no such run."""


class TaskInstanceNotFound(AirflowNotFoundException):
    """There is no such task instance."""


class PoolNotFound(AirflowNotFoundException):
    """There is no such pool."""


class DagFileExists(AirflowBadRequest):
    """There is a file of that name already."""


class AirflowDagInconsistent(AirflowException):
    """A DAG's attributes contradict each other."""


class AirflowDagDuplicatedIdException(AirflowException):
    """Two files define a DAG of one id."""

    def __init__(self, dag_id: str, incoming: str, existing: str):
        super().__init__(dag_id, incoming, existing)
        self.dag_id, self.incoming, self.existing = dag_id, incoming, existing

    def __str__(self) -> str:
        return f"{self.incoming} defines the DAG {self.dag_id}, which {self.existing} defines too."


class AirflowTimetableInvalid(AirflowException):
    """A timetable cannot work."""


class FailStopDagInvalidTriggerRule(AirflowException):
    """A trigger rule does not go with a DAG's fail_stop."""


class UnmappableOperator(AirflowException):
    """An operator cannot be mapped."""


class SerializationError(AirflowException):
    """Something cannot be stored."""


class DeserializingResultError(ValueError):
    """What a task in another interpreter returned cannot be read."""


class InvalidStatsNameException(AirflowException):
    """A name of a metric is not allowed."""


class NoAvailablePoolSlot(AirflowException):
    """A pool is full."""


class DagConcurrencyLimitReached(AirflowException):
    """A DAG runs as many tasks as it may."""


class TaskConcurrencyLimitReached(AirflowException):
    """A task runs as often as it may."""


class BackfillUnfinished(AirflowException):
    """Not all of a backfill came to its end."""

    def __init__(self, message: str, ti_status: Any = None):
        super().__init__(message)
        self.ti_status = ti_status


class ConnectionNotUnique(AirflowException):
    """Several connections have one id where one is wanted."""


class UnknownExecutorException(ValueError):
    """There is no such executor."""


class PodMutationHookException(AirflowException):
    """A hook that changes Kubernetes pods failed."""


class PodReconciliationError(AirflowException):
    """Two descriptions of a Kubernetes pod contradict each other."""


class FileSyntaxError(NamedTuple):
    """Where a file cannot be read, and why."""

    line_no: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.message} (line {self.line_no})"


file_syntax_error = FileSyntaxError


class AirflowFileParseException(AirflowException):
    """A file of variables or connections cannot be read."""

    def __init__(self, msg: str, file_path: str, parse_errors: list[FileSyntaxError]):
        super().__init__(msg)
        self.msg, self.file_path, self.parse_errors = msg, file_path, parse_errors

    def __str__(self) -> str:
        return f"{self.msg} {self.file_path}: {'; '.join(map(str, self.parse_errors))}"
