"""Doorbells of queued attempts, and which of them nobody has answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import attempt
from couture_scheduler.states import AttemptState

_UNANSWERED = (
    select(attempt.c.id, attempt.c.queue, attempt.c.rung_at)
    .where(attempt.c.state == AttemptState.QUEUED, attempt.c.rung_at < bindparam("older_than"))
    .order_by(attempt.c.rung_at, attempt.c.id)
    .limit(500)
    .with_for_update(skip_locked=True)
)
_FIRST = select(func.min(attempt.c.rung_at)).where(attempt.c.state == AttemptState.QUEUED)


def first_rung_at(tx: Tx) -> datetime | None:
    """Return since when the attempt that was rung longest ago is unanswered; None = none is queued."""
    return tx.scalar(_FIRST)


def list_unanswered(tx: Tx, older_than: datetime) -> list[Any]:
    """Lock and return queued attempts that were last rung before a time, the oldest first."""
    return tx.rows(_UNANSWERED, {"older_than": older_than})


def note(tx: Tx, tokens: Iterable[str]) -> None:
    """Note that the doorbells of these attempts are rung now."""
    tx.execute(update(attempt).where(attempt.c.id.in_(list(tokens))).values(rung_at=tx.now))
