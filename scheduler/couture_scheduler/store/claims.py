"""Which queued attempts a host may take, and taking them: each is claimed exactly once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import attempt, task_instance
from couture_scheduler.states import AttemptState, TaskState
from couture_scheduler.store import xcoms
from couture_scheduler.store.attempts import WITH_INSTANCE
from couture_scheduler.store.transition import AttemptMove, Move, move, move_attempts

A, T = AttemptState, TaskState
_QUEUED = (
    WITH_INSTANCE.where(attempt.c.state == A.QUEUED, attempt.c.wish.is_(None))
    .order_by(task_instance.c.priority_weight.desc(), attempt.c.created_at, attempt.c.ti_id)
    .limit(bindparam("limit"))
)
_ASKED = _QUEUED.where(attempt.c.id.in_(bindparam("tokens", expanding=True)))
_FREE = (
    select(attempt.c.id)
    .where(attempt.c.id.in_(bindparam("tokens", expanding=True)), attempt.c.state == A.QUEUED)
    .order_by(attempt.c.id)
    .with_for_update(skip_locked=True)
)
_TAKEN = WITH_INSTANCE.where(
    attempt.c.id.in_(bindparam("tokens", expanding=True)),
    attempt.c.state == A.RUNNING,
    attempt.c.host_id == bindparam("host_id"),
    attempt.c.host_epoch == bindparam("epoch"),
)
_QUEUED_IN = _QUEUED.where(attempt.c.queue.in_(bindparam("queues", expanding=True)))


def list_queued(tx: Tx, queues: Sequence[str] | None, limit: int) -> list[Any]:
    """Return queued attempts with their task instances, most important first; None = of all queues."""
    if queues is None:
        return tx.rows(_QUEUED, {"limit": limit})
    return tx.rows(_QUEUED_IN, {"queues": list(queues), "limit": limit})


def list_asked(
    tx: Tx, tokens: Sequence[str], queues: Sequence[str] | None, limit: int
) -> list[Any]:
    """Return those of some attempts that are queued, in queues of ours, most important first."""
    rows = tx.rows(_ASKED, {"tokens": list(tokens), "limit": limit})
    return [row for row in rows if queues is None or row.attempt_queue in queues]


def lock_free(tx: Tx, rows: Sequence[Any]) -> list[Any]:
    """Lock queued attempts and return those that nobody else is about to claim."""
    if not rows:
        return []
    free = {one.id for one in tx.rows(_FREE, {"tokens": [row.token for row in rows]})}
    return [row for row in rows if row.token in free]


def list_taken(tx: Tx, tokens: Sequence[str], host_id: str, epoch: int) -> list[Any]:
    """Return those of some attempts that this host has claimed: for claims whose fate is unknown."""
    return tx.rows(_TAKEN, {"tokens": sorted(tokens), "host_id": host_id, "epoch": epoch})


def claim(tx: Tx, rows: Sequence[Any], host_id: str, epoch: int) -> None:
    """Take queued attempts for this host.

    Raises:
        StaleState: somebody took one of them first; nothing is claimed then.
    """
    held = {"host_id": host_id, "host_epoch": epoch, "claimed_at": tx.now}
    move_attempts(tx, [AttemptMove(row.token, A.QUEUED, A.RUNNING, held) for row in rows])
    moves = [
        Move(
            row,
            T.RUNNING,
            row.run_id,
            values={"start_date": row.start_date or tx.now, "hostname": host_id},
            token=row.token,
        )
        for row in rows
    ]
    move(tx, "task_instance", moves, f"agent@{host_id}")
    _forget_xcoms(tx, rows)


def _forget_xcoms(tx: Tx, rows: Sequence[Any]) -> None:
    """Remove what earlier attempts left, as Airflow does; what is resumed goes on with it."""
    of_runs: dict[int, list[tuple[str, int]]] = {}
    for row in rows:
        if row.number > 1 and row.next_method is None:
            of_runs.setdefault(row.run_pk, []).append((row.task_id, row.map_index))
    for run_pk, instances in of_runs.items():
        xcoms.clear_of(tx, run_pk, instances)
