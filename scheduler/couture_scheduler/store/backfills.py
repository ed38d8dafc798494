"""Backfills: ranges of runs that somebody has asked for, made a few at a time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from couture_scheduler.db.automation import backfill, backfill_run
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag_run
from couture_scheduler.errors import NotFound
from couture_scheduler.rights import DagScope
from couture_scheduler.states import RunState, RunType
from couture_scheduler.store import runs
from couture_scheduler.store.listing import Criteria, Listed, list_page, visible

CANCELLED = "cancelled"
_OPEN = (RunState.QUEUED, RunState.RUNNING)
_AWAKE = (backfill.c.completed_at.is_(None), backfill.c.is_paused.is_(False))
# statements of the scheduler's loop, built once
DUE = select(backfill).where(backfill.c.wake_at <= bindparam("now"), *_AWAKE)
_LOCK_DUE = DUE.order_by(backfill.c.wake_at).with_for_update(skip_locked=True)
NEXT_DUE = select(func.min(backfill.c.wake_at)).where(*_AWAKE)
BACKFILL_COLUMNS = {
    name: backfill.c[name]
    for name in ("id", "dag_id", "from_date", "to_date", "created_at", "completed_at", "is_paused")
}


def add_backfill(tx: Tx, values: dict[str, Any], dates: Sequence[dict[str, Any]]) -> int:
    """Insert a backfill with its dates, in the order in which they are made; return its id.

    Args:
        dates: {"logical_date", "interval_start", "interval_end", "left_out"}.
    """
    result = tx.execute(
        insert(backfill).values(created_at=tx.now, updated_at=tx.now, wake_at=tx.now, **values)
    )
    assert result.inserted_primary_key is not None
    backfill_id = result.inserted_primary_key[0]
    rows = [{"backfill_id": backfill_id, "position": at, **one} for at, one in enumerate(dates)]
    if rows:
        tx.execute(insert(backfill_run), rows)
    return backfill_id


def get_backfill(tx: Tx, backfill_id: int) -> Any:
    """Return one backfill."""
    row = tx.first(select(backfill).where(backfill.c.id == backfill_id))
    if row is None:
        raise NotFound(f"There is no backfill {backfill_id}.")
    return row


def find_open(tx: Tx, dag_id: str) -> Any | None:
    """Return a DAG's backfill that is not over, or None."""
    return tx.first(
        select(backfill).where(backfill.c.dag_id == dag_id, backfill.c.completed_at.is_(None))
    )


def list_backfills(tx: Tx, criteria: Criteria, scope: DagScope, active: bool | None) -> Listed:
    """Return a page of backfills; `active` = only those that are not over, or only the others."""
    query = select(backfill).where(*visible(backfill.c.dag_id, scope))
    if active is not None:
        over = backfill.c.completed_at
        query = query.where(over.is_(None) if active else over.is_not(None))
    return list_page(tx, query, BACKFILL_COLUMNS, criteria, backfill.c.id)


def list_due(tx: Tx) -> list[Any]:
    """Return the backfills that the scheduler has to look at, locked."""
    return tx.rows(_LOCK_DUE, {"now": tx.now})


def set_backfill(tx: Tx, backfill_id: int, **values: Any) -> None:
    """Change a backfill."""
    query = update(backfill).where(backfill.c.id == backfill_id)
    tx.execute(query.values(updated_at=tx.now, **values))


def list_pending(tx: Tx, backfill_id: int, limit: int) -> list[Any]:
    """Return the next dates of a backfill for which no run was made yet."""
    return tx.rows(
        select(backfill_run)
        .where(backfill_run.c.backfill_id == backfill_id)
        .where(backfill_run.c.run_pk.is_(None), backfill_run.c.left_out.is_(None))
        .order_by(backfill_run.c.position)
        .limit(limit)
    )


def list_runs(tx: Tx, backfill_id: int) -> list[Any]:
    """Return all dates of a backfill, with id and state of their runs."""
    return tx.rows(
        select(backfill_run, dag_run.c.run_id, dag_run.c.state)
        .outerjoin(dag_run, dag_run.c.id == backfill_run.c.run_pk)
        .where(backfill_run.c.backfill_id == backfill_id)
        .order_by(backfill_run.c.position)
    )


def list_open_runs(tx: Tx, backfill_id: int, *states: str) -> list[Any]:
    """Return the runs of a backfill that have not ended, or those in `states`."""
    return tx.rows(
        select(dag_run)
        .join(backfill_run, backfill_run.c.run_pk == dag_run.c.id)
        .where(backfill_run.c.backfill_id == backfill_id, dag_run.c.state.in_(states or _OPEN))
        .order_by(backfill_run.c.position)
    )


def set_run(tx: Tx, row_id: int, run_pk: int) -> None:
    """Note which run was made, or taken over, for a date; it is the backfill's from now on."""
    tx.execute(update(backfill_run).where(backfill_run.c.id == row_id).values(run_pk=run_pk))
    tx.execute(update(dag_run).where(dag_run.c.id == run_pk).values(run_type=RunType.BACKFILL))


def leave_out(tx: Tx, row_id: int, why: str) -> None:
    """Note why no run is made for a date."""
    tx.execute(update(backfill_run).where(backfill_run.c.id == row_id).values(left_out=why))


def leave_out_rest(tx: Tx, backfill_id: int, why: str) -> int:
    """Leave out all dates for which no run was made yet; return how many."""
    pending = (backfill_run.c.run_pk.is_(None), backfill_run.c.left_out.is_(None))
    query = update(backfill_run).where(backfill_run.c.backfill_id == backfill_id, *pending)
    return tx.execute(query.values(left_out=why)).rowcount


def find_of_run(tx: Tx, run_pk: int) -> Any | None:
    """Return the backfill that a run belongs to: the last that has taken it."""
    mine = select(func.max(backfill_run.c.backfill_id)).where(backfill_run.c.run_pk == run_pk)
    return tx.first(select(backfill).where(backfill.c.id == mine.scalar_subquery()))


def wake_next_queued(tx: Tx, run: Any) -> None:
    """Have the next run looked at that waits for the place of one like `run`."""
    if run.run_type != RunType.BACKFILL:
        runs.wake_next_queued(tx, run.dag_id)
        return
    found = find_of_run(tx, run.id)
    if found is not None:
        set_wake(tx, found.id)
        wake_queued(tx, found.id, limit=1)


def set_wake(tx: Tx, backfill_id: int) -> None:
    """Have the scheduler look at a backfill."""
    tx.execute(update(backfill).where(backfill.c.id == backfill_id).values(wake_at=tx.now))


def wake_queued(tx: Tx, backfill_id: int, limit: int | None = None) -> None:
    """Have the queued runs of a backfill looked at."""
    for row in list_open_runs(tx, backfill_id, RunState.QUEUED)[:limit]:
        runs.set_wake(tx, row.id, max(tx.now, row.run_after))


def counts(tx: Tx, backfill_id: int) -> dict[str, int]:
    """Return how many dates of a backfill are in which state: of a run, `waiting` or left out."""
    state = func.coalesce(dag_run.c.state, backfill_run.c.left_out)
    query = (
        select(state.label("state"), func.count().label("number"))
        .select_from(backfill_run.outerjoin(dag_run, dag_run.c.id == backfill_run.c.run_pk))
        .where(backfill_run.c.backfill_id == backfill_id)
        .group_by(state)
    )
    return {row.state or "waiting": row.number for row in tx.rows(query)}
