"""How attempts end, and what those who end them bring along."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.states import AttemptState
from couture_scheduler.store.transition import Move

#: what a task instance keeps from one attempt of a try to the next; a new try begins without it
FRESH: dict[str, Any] = {
    "lost_count": 0,
    "reschedules": 0,
    "next_method": None,
    "next_kwargs": None,
    "due_at": None,
}


@dataclass(frozen=True)
class Ending:
    """How an attempt ended.

    Attributes:
        state: of the attempt: success, failed, skipped, rescheduled, deferred, stopped or lost.
        reason: one sentence; None for a plain success.
        retry: False = no further try, whatever `retries` says (AirflowFailException).
        reschedule_at: when a sensor wants to be asked again, or a deferred task to go on.
        next_method: of a deferred one: where it goes on, with `next_kwargs`.
        skip: tasks downstream that a branch left out.
        reported: its own process told of it, and has called the task's callbacks.
        asset_events: what it said of assets that it updated.
        rendered_map_index: what a mapped instance calls itself.
        pid: of its process, where that is not written yet.
    """

    token: str
    state: AttemptState
    reason: str | None = None
    error: dict[str, Any] | None = None
    exit_code: int | None = None
    retry: bool = True
    reschedule_at: datetime | None = None
    next_method: str | None = None
    next_kwargs: dict[str, Any] | None = None
    skip: tuple[str, ...] = ()
    reported: bool = False
    asset_events: tuple[dict[str, Any], ...] = ()
    rendered_map_index: str | None = None
    pid: int | None = None


@dataclass(frozen=True)
class Ended:
    """An attempt that has ended: its row as it was, its ending, and the move that follows."""

    row: Any
    ending: Ending
    move: Move


@dataclass(frozen=True)
class EndPolicy:
    """What follows from an ending: pure rules, handed in by who finishes attempts.

    Attributes:
        max_lost: how often a lost task instance starts again uncounted.
        lost_at: (how often it was lost, now) -> when it starts again; None = at once.
        retry_at: (task, try_number, now, key) -> when to try again.
        follow_up: writes what follows in the same transaction: mails, callbacks, asset events.
    """

    max_lost: int
    lost_at: Callable[[int, datetime], datetime | None]
    retry_at: Callable[[dict[str, Any], int, datetime, str], datetime]
    follow_up: Callable[[Tx, Sequence[Ended]], None] = lambda _tx, _ended: None
