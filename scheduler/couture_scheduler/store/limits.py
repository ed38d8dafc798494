"""Counter rows: who holds how much. Locked and changed in the transaction that decides."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag, pool

DEFAULT_POOL = "default_pool"


def ensure_default_pool(tx: Tx, slots: int) -> None:
    """Make `default_pool` where there is none."""
    if tx.scalar(select(pool.c.name).where(pool.c.name == DEFAULT_POOL)) is None:
        tx.execute(
            insert(pool).values(
                name=DEFAULT_POOL, slots=slots, occupied=0, description="Default pool"
            )
        )


def lock_pools(tx: Tx) -> dict[str, Any]:
    """Return all pools, locked until the transaction ends."""
    rows = tx.rows(select(pool).order_by(pool.c.name).with_for_update())
    return {row.name: row for row in rows}


def list_full_dags(tx: Tx) -> list[str]:
    """Return the DAGs whose max_active_tasks is reached."""
    return [
        row.dag_id
        for row in tx.rows(select(dag.c.dag_id).where(dag.c.occupied >= dag.c.max_active_tasks))
    ]


def lock_dags(tx: Tx, dag_ids: Iterable[str]) -> dict[str, Any]:
    """Return these DAGs' rows, locked until the transaction ends."""
    rows = tx.rows(
        select(dag).where(dag.c.dag_id.in_(set(dag_ids))).order_by(dag.c.dag_id).with_for_update()
    )
    return {row.dag_id: row for row in rows}


def take(tx: Tx, pools: dict[str, int], dags: dict[str, int]) -> None:
    """Add to what is held; the rows are locked and the room was checked."""
    for name, slots in sorted(pools.items()):
        tx.execute(update(pool).where(pool.c.name == name).values(occupied=pool.c.occupied + slots))
    for dag_id, count in sorted(dags.items()):
        tx.execute(
            update(dag).where(dag.c.dag_id == dag_id).values(occupied=dag.c.occupied + count)
        )


def start_run(tx: Tx, dag_id: str) -> bool:
    """Count one more active run and say whether max_active_runs allowed it."""
    result = tx.execute(
        update(dag)
        .where(dag.c.dag_id == dag_id, dag.c.active_runs < dag.c.max_active_runs)
        .values(active_runs=dag.c.active_runs + 1)
    )
    return result.rowcount == 1


def end_run(tx: Tx, dag_id: str) -> None:
    """Count one active run less; there is room to create the next."""
    tx.execute(
        update(dag)
        .where(dag.c.dag_id == dag_id)
        .values(active_runs=dag.c.active_runs - 1, held_back=False)
    )
