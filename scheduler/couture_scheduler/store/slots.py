"""Further slots of timetables that authors wrote: asked for by a callback before they run out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from couture_scheduler.db.automation import timetable_slots
from couture_scheduler.db.database import Tx

_TABLE = timetable_slots
_NAMES = ("start", "end", "run_after")


def find_slots(tx: Tx, dag_id: str) -> Any | None:
    """Return what a DAG's timetable answered beside its file's parse, or None."""
    return tx.first(select(_TABLE).where(_TABLE.c.dag_id == dag_id))


def set_asked(tx: Tx, dag_id: str, file_version_id: str, known: Sequence[Any]) -> None:
    """Note that a timetable is being asked for more than the slots that are known."""
    tx.execute(delete(_TABLE).where(_TABLE.c.dag_id == dag_id))
    tx.execute(
        insert(_TABLE).values(
            dag_id=dag_id,
            file_version_id=file_version_id,
            slots=list(known),
            asked_at=tx.now,
            is_asked=True,
        )
    )


def set_answer(tx: Tx, dag_id: str, file_version_id: str, answer: Any, count: int) -> bool:
    """Store further slots, after those that are known, and say whether there are any.

    What is no list of slots, or has fewer than the `count` that were asked for, says that there are
    no more; an answer for another file version is dropped.
    """
    row = find_slots(tx, dag_id)
    if row is None or row.file_version_id != file_version_id:
        return False
    more = [one for one in answer if _is_slot(one)] if isinstance(answer, list) else []
    values = {"slots": [*row.slots, *more], "asked_at": tx.now, "is_asked": len(more) < count}
    tx.execute(update(_TABLE).where(_TABLE.c.dag_id == dag_id).values(**values))
    return bool(more)


def drop_slots(tx: Tx, dag_id: str) -> None:
    """Forget what an earlier version of the timetable answered."""
    tx.execute(delete(_TABLE).where(_TABLE.c.dag_id == dag_id))


def _is_slot(value: Any) -> bool:
    try:
        return all(datetime.fromisoformat(value[name]).tzinfo is not None for name in _NAMES)
    except (KeyError, TypeError, ValueError):
        return False
