"""Lines of our processes' logs, for people or for programs, and what they are about.

    with logs.about(row):
        log.warning("...")      # the line names the task instance

Only lines stand in such a block: what is started in it, a reader of the loop say, would be about
that task instance for ever.

A line is one line whatever is said in it, and holds no password of a URL. Only Python's own
tracebacks have lines of their own, in the format for people.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from couture_scheduler.sensitive import hide_in_urls

_FIELDS = ("dag_id", "run_id", "task_id", "map_index", "try_number")
_subject: ContextVar[Any] = ContextVar("subject", default=None)


@dataclass(frozen=True)
class Attempt:
    """What a process knows of an attempt that cannot look it up."""

    token: str


@contextmanager
def about(row: Any) -> Iterator[None]:
    """Have the lines in a block name a task instance and its attempt.

    Args:
        row: None, or what has some of dag_id, run_id, task_id, map_index, try_number, token.
    """
    before = _subject.set(row)
    try:
        yield
    finally:
        _subject.reset(before)


def write_to_stderr(process: str, log_format: str) -> None:
    """Write the log lines of this process to stderr.

    Args:
        process: how its lines name it.
        log_format: text or json, as the setting of that name.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(process) if log_format == "json" else TextLines(process))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


class TextLines(logging.Formatter):
    """For people: `2026-11-23T12:00:00.000 ERROR agent It failed [dag_id=sales run_id=...]`."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, and its traceback below."""
        time = datetime.fromtimestamp(record.created).isoformat(timespec="milliseconds")
        message = _one_line(hide_in_urls(record.getMessage()))
        line = f"{time} {record.levelname} {self._process} {message}"
        if subject := _subject_now():
            named = " ".join(f"{name}={_one_line(str(value))}" for name, value in subject.items())
            line = f"{line} [{named}]"
        if record.exc_info:
            line = f"{line}\n{hide_in_urls(self.formatException(record.exc_info))}"
        return line


class JsonLines(logging.Formatter):
    """For programs: one JSON object a line; what a record has in `request` is added to it."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": hide_in_urls(record.getMessage()),
            **_subject_now(),
            **getattr(record, "request", {}),
        }
        if record.exc_info:
            line["traceback"] = hide_in_urls(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


def _subject_now() -> dict[str, Any]:
    row = _subject.get()
    if row is None:
        return {}
    found = {name: getattr(row, name, None) for name in _FIELDS}
    found["attempt"] = getattr(row, "token", None)
    return {name: value for name, value in found.items() if value is not None}


def _one_line(text: str) -> str:
    return text if text.isprintable() else "".join(map(_printed, text))


def _printed(character: str) -> str:
    return character if character.isprintable() else repr(character)[1:-1]
