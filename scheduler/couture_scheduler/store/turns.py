"""What the scheduler asks at each turn of its loop, over all kinds of things in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select

from couture_scheduler.db.database import Tx
from couture_scheduler.store import assets, backfills, dags, runs, waiting


@dataclass(frozen=True)
class Due:
    """Of what there is something to do now."""

    dags: bool
    assets: bool
    backfills: bool
    waiting: bool  #: task instances that wait for a slot


def _is_there(query: Select[Any]) -> Any:
    return select(literal(1)).where(query.exists()).scalar_subquery()


# statements of the scheduler's loop, built once
_DUE = select(
    _is_there(dags.DUE),
    _is_there(assets.WAITING),
    _is_there(backfills.DUE),
    _is_there(waiting.SCHEDULED),
)
_NEXT = select(
    runs.NEXT_WAKE.scalar_subquery(),
    dags.NEXT_DUE.scalar_subquery(),
    backfills.NEXT_DUE.scalar_subquery(),
)


def what_is_due(tx: Tx) -> Due:
    """Return of what there is something to do; nothing is locked."""
    row = tx.first(_DUE, {"now": tx.now})
    assert row is not None
    return Due(*map(bool, row))


def next_due(tx: Tx) -> datetime | None:
    """Return the earliest time that runs, DAGs and backfills name."""
    row = tx.first(_NEXT)
    return min((moment for moment in row or () if moment is not None), default=None)
