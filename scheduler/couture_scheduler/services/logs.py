"""Logs of tries, read from where the agent writes them."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid, NotFound
from couture_scheduler.log_tokens import TOKEN_PREFIX
from couture_scheduler.schemas.logs import (
    ChunkQuery,
    LogChunk,
    LogQuery,
    StructuredLogMessage,
    TaskInstancesLogResponse,
)
from couture_scheduler.services.log_files import LogFile, find_log
from couture_scheduler.services.service import service
from couture_scheduler.services.task_instances import get_instance, last_attempts
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import ATTEMPT_LIVE
from couture_scheduler.worker.running import log_path

_PAGE = 1_000_000
_FULL = 20_000_000  #: of `full_content`: the rest comes with the token
_CHUNK = 256_000
_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ([A-Z]+) (.*)", re.DOTALL)


@service("can_log", "LogModelView", dag="dag_id")
def get_log(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, try_number: int, query: LogQuery
) -> TaskInstancesLogResponse:
    """Return a part of a try's log: whole lines of 1 MB, or 20 MB if all is asked for."""
    row = get_instance(tx, dag_id, dag_run_id, task_id, query.map_index)
    attempt = last_attempts(tx, row.id).get(try_number)
    if attempt is None:
        raise NotFound(f"Task {task_id!r} has no try {try_number} in run {dag_run_id!r} (yet).")
    over = attempt.state not in ATTEMPT_LIVE
    offset = _offset(query.token)
    log = _log(call, row, attempt)
    text, end, size = _read(log, offset, _FULL if query.full_content else _PAGE, whole=over)
    more = not over or end < size
    return TaskInstancesLogResponse(
        content=list(parse(text)), continuation_token=f"{TOKEN_PREFIX}{end}" if more else None
    )


@service("can_log", "LogModelView", dag="dag_id")
def read_log(
    tx: Tx,
    call: Call,
    dag_id: str,
    dag_run_id: str,
    task_id: str,
    map_index: int,
    try_number: int,
    offset: int,
) -> LogChunk:
    """Return new text of a try's log; `end` once the try is over and all was read."""
    row = get_instance(tx, dag_id, dag_run_id, task_id, map_index)
    attempt = last_attempts(tx, row.id).get(try_number)
    if attempt is None:
        return LogChunk(offset=offset, next_offset=offset, text="", end=False)
    return read_chunk(_log(call, row, attempt), offset, is_over=attempt.state not in ATTEMPT_LIVE)


def read_chunk(log: LogFile, offset: int, *, is_over: bool) -> LogChunk:
    """Return the next text of a log; `is_over` = nothing is added to it any more."""
    text, end, size = _read(log, offset, _CHUNK, whole=is_over)
    return LogChunk(offset=offset, next_offset=end, text=text, end=is_over and end >= size)


@service("can_log", "LogModelView", dag="dag_id")
def get_log_chunk(
    tx: Tx,
    call: Call,
    dag_id: str,
    dag_run_id: str,
    task_id: str,
    try_number: int,
    query: ChunkQuery,
) -> LogChunk:
    """Return new text of a try's log, for those who follow it without a socket."""
    return read_log.function(
        tx, call, dag_id, dag_run_id, task_id, query.map_index, try_number, query.offset
    )


def parse(text: str) -> Iterable[StructuredLogMessage]:
    """Split a log into messages: what has no time of its own is a message without one."""
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            yield StructuredLogMessage(event=line)
        else:
            moment, level, event = match.groups()
            yield StructuredLogMessage(
                timestamp=datetime.fromisoformat(moment), level=level.lower(), event=event
            )


def _log(call: Call, row: Any, attempt: Any) -> LogFile:
    where = (row.dag_id, row.run_id, row.task_id, attempt.try_number, row.map_index)
    path = log_path(call.workflow.settings.logs_path, *where)
    return find_log(call.workflow, path, attempt.host_id)


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    number = token.removeprefix(TOKEN_PREFIX)
    if number == token or not number.isdecimal() or len(number) > 15:
        raise Invalid("The token is not one that an earlier answer gave.", "token")
    return int(number)


def _read(log: LogFile, offset: int, limit: int, *, whole: bool) -> tuple[str, int, int]:
    """Return text from `offset` on, where it ends, and how large the log is.

    Half a character or line waits for more.

    Args:
        whole: the log grows no more, so that a last line without an end counts.
    """
    data, size = log.read(offset, limit)
    at_end = offset + len(data) >= size
    if not (whole and at_end) and (cut := data.rfind(b"\n")) >= 0:
        data = data[: cut + 1]
    elif not whole and at_end and b"\n" not in data:
        data = _whole_characters(data)
    return data.decode(errors="replace"), offset + len(data), size


def _whole_characters(data: bytes) -> bytes:
    """Leave off the beginning of a UTF-8 character at the end."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0b1100_0000 == 0b1100_0000:
            length = 2 if byte < 0b1110_0000 else 3 if byte < 0b1111_0000 else 4
            return data[:-back] if back < length else data
        if byte < 0b1000_0000:
            break
    return data
