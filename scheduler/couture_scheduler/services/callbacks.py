"""Callback attempts: whether the author's code was called, how that ended, and its log."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import NotFound
from couture_scheduler.schemas.callbacks import (
    CallbackCollectionResponse,
    CallbackLogQuery,
    CallbackQuery,
    CallbackResponse,
)
from couture_scheduler.schemas.logs import LogChunk
from couture_scheduler.services.log_files import find_log
from couture_scheduler.services.logs import read_chunk
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import CallbackState
from couture_scheduler.store import callbacks
from couture_scheduler.worker.running import callback_log_path

_LIVE = (CallbackState.QUEUED, CallbackState.RUNNING)


@service("can_list", "LogModelView")
def get_callbacks(tx: Tx, call: Call, query: CallbackQuery) -> CallbackCollectionResponse:
    """List callback attempts."""
    listed = callbacks.list_callbacks(tx, criteria(query, callbacks.COLUMNS), call.dags)
    found = [_answer(row) for row in listed.rows]
    return CallbackCollectionResponse(callbacks=found, total_entries=listed.total)


@service("can_show", "LogModelView")
def get_callback(tx: Tx, call: Call, callback_id: str) -> CallbackResponse:
    """Return one callback attempt."""
    return _answer(_visible(tx, call, callback_id))


@service("can_log", "LogModelView")
def get_callback_log(tx: Tx, call: Call, callback_id: str, query: CallbackLogQuery) -> LogChunk:
    """Return new text of a callback's log; `end` once it is over and all was read."""
    row = _visible(tx, call, callback_id)
    path = callback_log_path(call.workflow.settings.logs_path, row.dag_id, row.run_id, row.id)
    log = find_log(call.workflow, path, row.host_id)
    return read_chunk(log, query.offset, is_over=row.state not in _LIVE)


def _visible(tx: Tx, call: Call, callback_id: str) -> Any:
    row = callbacks.find_callback(tx, callback_id, call.dags)
    if row is None:
        raise NotFound(f"There is no callback {callback_id!r}.")
    return row


def _answer(row: Any) -> CallbackResponse:
    return CallbackResponse(
        id=row.id,
        kind=row.kind,
        dag_id=row.dag_id,
        dag_run_id=row.run_id,
        task_id=row.task_id,
        map_index=row.map_index,
        state=row.state,
        reason=row.reason,
        hostname=row.host_id,
        created_at=row.created_at,
        start_date=row.claimed_at,
        end_date=row.ended_at,
    )
