"""LoggingMixin, and what DAG files expect around types and logging."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Any, NoReturn

from couture_operators.exceptions import AirflowException


class LoggingMixin:
    """Gives a class `self.log`."""

    @property
    def log(self) -> logging.Logger:
        """The logger of the object's class."""
        return logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")

    @property
    def logger(self) -> logging.Logger:
        """The older name of `log`."""
        return self.log


class DagRunType(StrEnum):
    """Why a run was made."""

    BACKFILL_JOB = "backfill"
    SCHEDULED = "scheduled"
    MANUAL = "manual"
    DATASET_TRIGGERED = "dataset_triggered"
    ASSET_TRIGGERED = "asset_triggered"


class ArgNotSet:
    """The class of NOTSET."""


NOTSET = ArgNotSet()


def provide_session(function: Any) -> Any:
    """Mark a function that wants a session of Airflow's database; calling it says there is none."""

    def refused(*_: Any, **__: Any) -> NoReturn:
        create_session()

    refused.__name__, refused.__doc__ = function.__name__, function.__doc__
    return refused


def create_session(*_: Any, **__: Any) -> NoReturn:
    """Refused: tasks do not reach the scheduler's database."""
    raise AirflowException(
        "Tasks and DAG files do not reach the scheduler's database, so there is no session; use "
        "Variable, BaseHook.get_connection, XComs or the HTTP API."
    )


NEW_SESSION = None
