"""Lists of assets and events for people: only what concerns DAGs that they may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from couture_scheduler.db.automation import (
    asset,
    asset_alias,
    asset_alias_asset,
    asset_event,
    asset_queue,
    asset_run,
    dag_asset,
    dag_asset_alias,
    task_asset,
)
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag, dag_run
from couture_scheduler.errors import NotFound
from couture_scheduler.rights import DagScope
from couture_scheduler.store.listing import Criteria, Listed, list_page, visible

ASSET_COLUMNS = {
    name: asset.c[name] for name in ("id", "name", "uri", "group", "created_at", "updated_at")
}
ALIAS_COLUMNS = {"id": asset_alias.c.id, "name": asset_alias.c.name}
EVENT_COLUMNS = {
    "id": asset_event.c.id,
    "asset_id": asset_event.c.asset_id,
    "timestamp": asset_event.c.at,
    "name": asset.c.name,
    **{
        name: asset_event.c[name]
        for name in ("source_dag_id", "source_task_id", "source_run_id", "source_map_index")
    },
}


def _in_scope(scope: DagScope) -> list[Any]:
    """Return the condition that leaves assets that a DAG in the scope names."""
    if scope is None:
        return []
    by_schedule = select(dag_asset.c.asset_id).where(*visible(dag_asset.c.dag_id, scope))
    by_task = select(task_asset.c.asset_id).where(*visible(task_asset.c.dag_id, scope))
    return [or_(asset.c.id.in_(by_schedule), asset.c.id.in_(by_task))]


def list_assets(
    tx: Tx, criteria: Criteria, scope: DagScope, dag_ids: Sequence[str], *, only_used: bool
) -> Listed:
    """Return a page of assets; of some DAGs where they are named.

    Args:
        only_used: leave out what no DAG that is defined names any more.
    """
    query = select(asset).where(*_in_scope(scope))
    if dag_ids or only_used:
        query = query.where(asset.c.id.in_(_used(dag_ids, scope)))
    return list_page(tx, query, ASSET_COLUMNS, criteria, asset.c.id)


def _used(dag_ids: Sequence[str], scope: DagScope) -> Any:
    by_schedule = select(dag_asset.c.asset_id).join(dag, dag.c.dag_id == dag_asset.c.dag_id)
    by_task = select(task_asset.c.asset_id).join(dag, dag.c.dag_id == task_asset.c.dag_id)
    wanted = [dag.c.dag_id.in_(dag_ids)] if dag_ids else [dag.c.is_active.is_(True)]
    seen = [*wanted, *visible(dag.c.dag_id, scope)]
    return by_schedule.where(*seen).union(by_task.where(*seen))


def get_asset(tx: Tx, asset_id: int, scope: DagScope) -> Any:
    """Return one asset that a DAG in the scope names."""
    row = tx.first(select(asset).where(asset.c.id == asset_id, *_in_scope(scope)))
    if row is None:
        raise NotFound(f"There is no asset with id {asset_id}.")
    return row


def list_aliases(tx: Tx, criteria: Criteria, scope: DagScope) -> Listed:
    """Return a page of aliases: those that schedules in the scope name, or that led to assets."""
    return list_page(tx, _aliases(scope), ALIAS_COLUMNS, criteria, asset_alias.c.id)


def _aliases(scope: DagScope) -> Any:
    query = select(asset_alias)
    if scope is None:
        return query
    named = select(dag_asset_alias.c.alias_id).where(*visible(dag_asset_alias.c.dag_id, scope))
    return query.where(asset_alias.c.id.in_(named))


def list_events(tx: Tx, criteria: Criteria, scope: DagScope) -> Listed:
    """Return a page of events of visible assets whose source may be seen."""
    query = select(asset_event, asset.c.uri, asset.c.name, asset.c.group).join(
        asset, asset.c.id == asset_event.c.asset_id
    )
    query = query.where(*_in_scope(scope), *_from(scope))
    return list_page(tx, query, EVENT_COLUMNS, criteria, asset_event.c.id)


def _from(scope: DagScope) -> list[Any]:
    """Return the condition that leaves events of DAGs in the scope, and those that people made."""
    source = asset_event.c.source_dag_id
    return [] if scope is None else [or_(source.is_(None), *visible(source, scope))]


def references(tx: Tx, asset_id: int, scope: DagScope) -> tuple[list[str], list[Any]]:
    """Return the DAGs that wait for an asset, and the tasks that use it (`is_outlet`)."""
    seen = visible(dag_asset.c.dag_id, scope)
    waiting = tx.rows(select(dag_asset.c.dag_id).where(dag_asset.c.asset_id == asset_id, *seen))
    mine = visible(task_asset.c.dag_id, scope)
    tasks = tx.rows(select(task_asset).where(task_asset.c.asset_id == asset_id, *mine))
    return [row.dag_id for row in waiting], tasks


def list_producing_dags(tx: Tx, asset_id: int, scope: DagScope) -> list[str]:
    """Return the DAGs that are defined and have a task that updates an asset."""
    query = select(task_asset.c.dag_id).join(dag, dag.c.dag_id == task_asset.c.dag_id)
    query = query.where(task_asset.c.asset_id == asset_id, task_asset.c.is_outlet.is_(True))
    query = query.where(dag.c.is_active.is_(True), *visible(task_asset.c.dag_id, scope))
    return [row.dag_id for row in tx.rows(query.distinct().order_by(task_asset.c.dag_id))]


def aliases_of(tx: Tx, asset_id: int, scope: DagScope) -> list[Any]:
    """Return the aliases that have stood for an asset, as far as `list_aliases` has them."""
    return tx.rows(
        _aliases(scope)
        .join(asset_alias_asset, asset_alias_asset.c.alias_id == asset_alias.c.id)
        .where(asset_alias_asset.c.asset_id == asset_id)
        .order_by(asset_alias.c.name)
    )


def last_event(tx: Tx, asset_id: int, scope: DagScope) -> Any | None:
    """Return the latest event of an asset whose source may be seen."""
    query = select(asset_event).where(asset_event.c.asset_id == asset_id, *_from(scope))
    return tx.first(query.order_by(asset_event.c.id.desc()).limit(1))


def runs_of_event(tx: Tx, event_id: int, scope: DagScope) -> list[Any]:
    """Return the runs that consumed an event, with the id of the last event that each waited for."""
    of_run = asset_run.alias()
    last = (
        select(func.max(of_run.c.event_id))
        .where(of_run.c.run_pk == dag_run.c.id)
        .correlate(dag_run)
        .scalar_subquery()
    )
    return tx.rows(
        select(dag_run, last.label("last_event"))
        .join(asset_run, asset_run.c.run_pk == dag_run.c.id)
        .where(asset_run.c.event_id == event_id, *visible(dag_run.c.dag_id, scope))
        .order_by(dag_run.c.id)
    )


def list_waiting(
    tx: Tx, scope: DagScope, dag_id: str | None, asset_id: int | None, before: datetime | None
) -> list[Any]:
    """Return which assets' updates wait for which DAGs, each once, since when."""
    query = select(
        asset_queue.c.dag_id,
        asset_queue.c.asset_id,
        func.max(asset_queue.c.created_at).label("created_at"),
    ).where(*visible(asset_queue.c.dag_id, scope))
    for condition in _waiting(dag_id, asset_id, before):
        query = query.where(condition)
    grouped = query.group_by(asset_queue.c.dag_id, asset_queue.c.asset_id)
    return tx.rows(grouped.order_by(asset_queue.c.dag_id, asset_queue.c.asset_id))


def drop_waiting(
    tx: Tx, scope: DagScope, dag_id: str | None, asset_id: int | None, before: datetime | None
) -> int:
    """Drop updates that wait and return how many."""
    conditions = _waiting(dag_id, asset_id, before)
    query = delete(asset_queue).where(*visible(asset_queue.c.dag_id, scope), *conditions)
    return tx.execute(query).rowcount


def _waiting(dag_id: str | None, asset_id: int | None, before: datetime | None) -> list[Any]:
    found = []
    if dag_id is not None:
        found.append(asset_queue.c.dag_id == dag_id)
    if asset_id is not None:
        found.append(asset_queue.c.asset_id == asset_id)
    if before is not None:
        found.append(asset_queue.c.created_at < before)
    return found
