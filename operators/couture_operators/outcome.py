"""Outcome: how an attempt ended, in words and for the engine."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from couture_operators.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowTaskTimeout,
)

_HERE = str(Path(__file__).parent)
_REASON_LIMIT = 500


@dataclass(frozen=True)
class Outcome:
    """The end of one attempt."""

    state: Literal["success", "failed", "skipped", "up_for_reschedule", "deferred"]
    reason: str = ""  #: one sentence, empty for a plain success
    error_class: str | None = None
    traceback: str | None = None  #: from the author's first frame on; None for our own errors
    fail_without_retry: bool = False
    reschedule_at: str | None = None
    skip_downstream: list[str] = field(default_factory=list)
    resume_at: str | None = None  #: of a deferred one: when it goes on
    next_method: str | None = None  #: the method in which it goes on
    next_kwargs: dict[str, Any] = field(default_factory=dict)  #: plain JSON
    defer_timeout: float | None = None  #: seconds after which waiting has failed
    asset_events: list[dict[str, Any]] = field(default_factory=list)  #: {asset or alias, extra}
    rendered_map_index: str | None = None  #: what map_index_template gave


def failure(err: BaseException) -> Outcome:
    """The outcome of an attempt that raised."""
    return Outcome(
        "failed",
        reason_of(err),
        error_class=type(err).__name__,
        traceback=author_traceback(err),
        fail_without_retry=isinstance(err, AirflowFailException | AirflowSensorTimeout),
    )


def reason_of(err: BaseException) -> str:
    """One line that says what went wrong."""
    if isinstance(err, SystemExit):
        return f"The task's code called sys.exit({err.code!r})."
    message = str(err).strip().partition("\n")[0]
    if isinstance(err, AirflowException | AirflowTaskTimeout) and message:
        reason = message
    else:
        reason = f"{type(err).__name__}: {message}" if message else type(err).__name__
    return reason if len(reason) <= _REASON_LIMIT else reason[: _REASON_LIMIT - 1] + "…"


def author_traceback(err: BaseException) -> str | None:
    """The traceback without the frames that lead into the author's code."""
    trace: TracebackType | None = err.__traceback__
    while trace and trace.tb_frame.f_code.co_filename.startswith(_HERE):
        trace = trace.tb_next
    if trace is None:
        return None
    return "".join(traceback.format_exception(type(err), err, trace))
