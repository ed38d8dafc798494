"""LoggingMixin, and what DAG files expect around types and logging."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, NoReturn

from couture_operators.exceptions import AirflowException

ANSI_ESCAPE = re.compile(r"\x1B[@-_][0-?]*[ -/]*[@-~]")


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


class StreamLogWriter(io.TextIOBase):
    """A stream whose lines become records of a logger.

    The logger's own lines go to stdout and stderr as they were when this was made: it may stand
    in the place of either.
    """

    encoding = "utf-8"

    def __init__(self, logger: logging.Logger, level: int):
        self.logger, self.level = logger, level
        self._rest = ""
        self._stdout, self._stderr = sys.stdout, sys.stderr

    def write(self, message: str) -> int:
        """Log the lines that are complete."""
        *lines, self._rest = (self._rest + message).split("\n")
        with contextlib.redirect_stdout(self._stdout), contextlib.redirect_stderr(self._stderr):
            for line in lines:
                self.logger.log(self.level, "%s", remove_escape_codes(line))
        return len(message)

    def flush(self) -> None:
        """Log what there is of the last line."""
        if self._rest:
            self.write("\n")

    def isatty(self) -> bool:
        """It is no terminal."""
        return False


@contextmanager
def redirect_stdout(logger: logging.Logger, level: int) -> Iterator[None]:
    """Log what the block prints."""
    writer = StreamLogWriter(logger, level)
    with contextlib.redirect_stdout(writer):
        yield
    writer.flush()


@contextmanager
def redirect_stderr(logger: logging.Logger, level: int) -> Iterator[None]:
    """Log what the block writes to stderr."""
    writer = StreamLogWriter(logger, level)
    with contextlib.redirect_stderr(writer):
        yield
    writer.flush()


def remove_escape_codes(text: str) -> str:
    """The text without the codes that colour a terminal."""
    return ANSI_ESCAPE.sub("", text)


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
