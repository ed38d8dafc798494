"""The exceptions that DAG files raise and catch."""

from couture_operators.exceptions import (
    AirflowBadRequest,
    AirflowDagCycleException,
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
    AirflowRescheduleException,
    AirflowSensorTimeout,
    AirflowSkipException,
    AirflowTaskTerminated,
    AirflowTaskTimeout,
    DuplicateTaskIdFound,
    TaskNotFound,
)

__all__ = [
    "AirflowBadRequest",
    "AirflowDagCycleException",
    "AirflowException",
    "AirflowFailException",
    "AirflowNotFoundException",
    "AirflowRescheduleException",
    "AirflowSensorTimeout",
    "AirflowSkipException",
    "AirflowTaskTerminated",
    "AirflowTaskTimeout",
    "DuplicateTaskIdFound",
    "TaskNotFound",
]
