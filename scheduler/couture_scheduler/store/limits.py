"""Counter rows: who holds how much. Locked and changed in the transaction that decides.

Everybody locks in one order, or they wait for each other until the server ends one of them (which
takes PostgreSQL a second): the DAG, its runs, task instances and attempts, the pools last. Who holds
a later one already only tries for an earlier one (`lock_free_dags`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from couture_scheduler.db.automation import backfill, backfill_run
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag, pool
from couture_scheduler.states import RunType

DEFAULT_POOL = "default_pool"
_POOLS = (
    select(pool.c.name, pool.c.slots, pool.c.occupied, pool.c.deferred, pool.c.include_deferred)
    .order_by(pool.c.name)
    .with_for_update()
)
_NAMED_DAGS = (
    select(dag.c.dag_id, dag.c.occupied, dag.c.max_active_tasks)
    .where(dag.c.dag_id.in_(bindparam("dag_ids", expanding=True)))
    .order_by(dag.c.dag_id)
)
_DAGS = _NAMED_DAGS.with_for_update()
_FREE_DAGS = _NAMED_DAGS.with_for_update(skip_locked=True)
_ADD_POOL = (
    update(pool)
    .where(pool.c.name == bindparam("_name"))
    .values(occupied=pool.c.occupied + bindparam("count"))
)
_ADD_DEFERRED = (
    update(pool)
    .where(pool.c.name == bindparam("_name"))
    .values(deferred=pool.c.deferred + bindparam("count"))
)
_ADD_DAG = (
    update(dag)
    .where(dag.c.dag_id == bindparam("_id"))
    .values(occupied=dag.c.occupied + bindparam("count"))
)


_START_RUN = (
    update(dag)
    .where(dag.c.dag_id == bindparam("_id"), dag.c.active_runs < dag.c.max_active_runs)
    .values(active_runs=dag.c.active_runs + 1)
)
_END_RUN = (
    update(dag)
    .where(dag.c.dag_id == bindparam("_id"))
    .values(active_runs=dag.c.active_runs - 1, held_back=False)
)


def ensure_default_pool(tx: Tx, slots: int) -> None:
    """Make `default_pool` where there is none."""
    if tx.scalar(select(pool.c.name).where(pool.c.name == DEFAULT_POOL)) is None:
        tx.execute(
            insert(pool).values(
                name=DEFAULT_POOL, slots=slots, occupied=0, description="Default pool"
            )
        )


def lock_free_dags(tx: Tx, dag_ids: Iterable[str]) -> dict[str, Any]:
    """Return the counters of those of these DAGs that no other transaction holds, locked."""
    rows = tx.rows(_FREE_DAGS, {"dag_ids": sorted(set(dag_ids))})
    return {row.dag_id: row for row in rows}


def leave_held(tx: Tx, rows: list[Any]) -> list[Any]:
    """Return those rows whose DAGs no other transaction holds; their DAGs are locked."""
    if not tx.locks_rows:
        return rows
    free = lock_free_dags(tx, {row.dag_id for row in rows})
    return [row for row in rows if row.dag_id in free]


def lock_pools(tx: Tx) -> dict[str, Any]:
    """Return all pools, locked until the transaction ends."""
    rows = tx.rows(_POOLS)
    return {row.name: row for row in rows}


def lock_dags(tx: Tx, dag_ids: Iterable[str]) -> None:
    """Lock these DAGs' rows until the transaction ends."""
    if tx.locks_rows:
        tx.rows(_DAGS, {"dag_ids": sorted(set(dag_ids))})


def add(tx: Tx, pools: Mapping[str, int], dags: Mapping[str, int]) -> None:
    """Add to what is held (negative: give back); room was checked on the locked rows."""
    if dags:
        tx.execute(_ADD_DAG, [{"_id": dag_id, "count": dags[dag_id]} for dag_id in sorted(dags)])
    if pools:
        tx.execute(_ADD_POOL, [{"_name": name, "count": pools[name]} for name in sorted(pools)])


def add_deferred(tx: Tx, pools: Mapping[str, int]) -> None:
    """Count slots of task instances that are deferred from now on (negative: no more)."""
    counts = [{"_name": name, "count": pools[name]} for name in sorted(pools) if pools[name]]
    if counts:
        tx.execute(_ADD_DEFERRED, counts)


def taken(pool_row: Any) -> int:
    """Return how many slots of a pool count as taken."""
    return pool_row.occupied + (pool_row.deferred if pool_row.include_deferred else 0)


def start_run(tx: Tx, run: Any) -> bool:
    """Count one more active run and say whether max_active_runs allowed it.

    Runs of a backfill are counted, and held back, by the backfill alone.
    """
    if run.run_type == RunType.BACKFILL:
        return _start_of_backfill(tx, run)
    return tx.execute(_START_RUN, {"_id": run.dag_id}).rowcount == 1


def _start_of_backfill(tx: Tx, run: Any) -> bool:
    allowed = or_(backfill.c.is_paused.is_(False), backfill.c.completed_at.is_not(None))
    result = tx.execute(
        update(backfill)
        .where(backfill.c.id == _backfill_of(run), allowed)
        .where(backfill.c.active_runs < backfill.c.max_active_runs)
        .values(active_runs=backfill.c.active_runs + 1)
    )
    return result.rowcount == 1


def end_run(tx: Tx, run: Any) -> None:
    """Count one active run less; there is room to create the next."""
    if run.run_type == RunType.BACKFILL:
        tx.execute(
            update(backfill)
            .where(backfill.c.id == _backfill_of(run))
            .values(active_runs=backfill.c.active_runs - 1, wake_at=tx.now)
        )
        return
    tx.execute(_END_RUN, {"_id": run.dag_id})


def _backfill_of(run: Any) -> Any:
    """Return the backfill, as a query, that a run belongs to: the last that has taken it."""
    mine = select(func.max(backfill_run.c.backfill_id)).where(backfill_run.c.run_pk == run.id)
    return mine.scalar_subquery()
