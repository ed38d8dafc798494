"""Pools: their rows, and how many of their slots are held in which state."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag, dag_version, pool, task_instance
from couture_scheduler.states import OCCUPYING, TaskState
from couture_scheduler.store.listing import Criteria, Listed, list_page

POOL_COLUMNS = {
    "id": pool.c.name,
    "name": pool.c.name,
    "pool_name": pool.c.name,
    "pool": pool.c.name,
    "slots": pool.c.slots,
    "description": pool.c.description,
}
_COUNTED = sorted(OCCUPYING | {TaskState.SCHEDULED, TaskState.DEFERRED})


def list_pools(tx: Tx, criteria: Criteria) -> Listed:
    """Return a page of pools."""
    return list_page(tx, select(pool), POOL_COLUMNS, criteria, pool.c.name)


def find_pool(tx: Tx, name: str) -> Any | None:
    """Return a pool's row, or None."""
    return tx.first(select(pool).where(pool.c.name == name))


def list_slots(tx: Tx) -> dict[str, int]:
    """Return how many slots each pool has."""
    return {row.name: row.slots for row in tx.rows(select(pool.c.name, pool.c.slots))}


def count_slots(tx: Tx, names: Collection[str]) -> dict[str, dict[str, int]]:
    """Return for each pool the slots of its task instances that hold or await some, by state."""
    query = (
        select(
            task_instance.c.pool,
            task_instance.c.state,
            func.sum(task_instance.c.pool_slots).label("slots"),
        )
        .where(task_instance.c.state.in_(_COUNTED), task_instance.c.pool.in_(names))
        .group_by(task_instance.c.pool, task_instance.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for row in tx.rows(query):
        found.setdefault(row.pool, {})[row.state] = int(row.slots)
    return found


def list_users(tx: Tx, name: str) -> list[str]:
    """Return the DAGs whose current version has a task in this pool."""
    query = (
        select(dag.c.dag_id, dag_version.c.data)
        .join(dag_version, dag_version.c.id == dag.c.version_id)
        .where(dag.c.is_active.is_(True))
        .order_by(dag.c.dag_id)
    )
    return [
        row.dag_id
        for row in tx.rows(query)
        if any(task.get("pool") == name for task in row.data["tasks"])
    ]


def add_pool(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a pool of which nothing is held."""
    tx.execute(insert(pool).values(**values, occupied=0))


def change_pool(tx: Tx, name: str, values: dict[str, Any]) -> None:
    """Change columns of a pool; what is held of it is the engine's to count."""
    tx.execute(update(pool).where(pool.c.name == name).values(**values))


def delete_pool(tx: Tx, name: str) -> None:
    """Delete a pool."""
    tx.execute(delete(pool).where(pool.c.name == name))
