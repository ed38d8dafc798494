"""Assets, their events, and which events wait for which DAG's next run."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

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

_ON = (dag.c.is_paused.is_(False), dag.c.is_active.is_(True))
WAITING = (
    select(asset_queue.c.dag_id)
    .join(dag, dag.c.dag_id == asset_queue.c.dag_id)
    .where(asset_queue.c.is_new.is_(True), *_ON)
)
_WAITING = WAITING.distinct()


def find_asset(tx: Tx, uri: str) -> Any | None:
    """Return an asset by its URI, or None."""
    return tx.first(select(asset).where(asset.c.uri == uri))


def get_asset(tx: Tx, asset_id: int) -> Any:
    """Return an asset by its id."""
    row = tx.first(select(asset).where(asset.c.id == asset_id))
    if row is None:
        raise NotFound(f"There is no asset with id {asset_id}.")
    return row


def ensure_asset(tx: Tx, uri: str, **values: Any) -> int:
    """Return the id of an asset, which is made or brought up to date; None leaves a value as is."""
    given = {name: value for name, value in values.items() if value is not None}
    row = find_asset(tx, uri)
    if row is None:
        result = tx.execute(
            insert(asset).values(
                **{"name": uri, **given}, uri=uri, created_at=tx.now, updated_at=tx.now
            )
        )
        assert result.inserted_primary_key is not None
        return result.inserted_primary_key[0]
    changed = {name: value for name, value in given.items() if getattr(row, name) != value}
    if changed:
        tx.execute(update(asset).where(asset.c.id == row.id).values(updated_at=tx.now, **changed))
    return row.id


def ensure_alias(tx: Tx, name: str) -> int:
    """Return the id of an alias, which is made where there is none."""
    known = tx.scalar(select(asset_alias.c.id).where(asset_alias.c.name == name))
    if known is not None:
        return known
    result = tx.execute(insert(asset_alias).values(name=name))
    assert result.inserted_primary_key is not None
    return result.inserted_primary_key[0]


def set_schedule(
    tx: Tx, dag_id: str, asset_ids: Collection[int], alias_ids: Collection[int]
) -> None:
    """Note what a DAG's schedule waits for; events of what it no longer names are dropped."""
    tx.execute(delete(dag_asset).where(dag_asset.c.dag_id == dag_id))
    tx.execute(delete(dag_asset_alias).where(dag_asset_alias.c.dag_id == dag_id))
    if asset_ids:
        rows = [{"dag_id": dag_id, "asset_id": one} for one in sorted(set(asset_ids))]
        tx.execute(insert(dag_asset), rows)
    if alias_ids:
        rows = [{"dag_id": dag_id, "alias_id": one} for one in sorted(set(alias_ids))]
        tx.execute(insert(dag_asset_alias), rows)
    kept = set(asset_ids) | {
        row.asset_id
        for row in tx.rows(
            select(asset_alias_asset.c.asset_id).where(asset_alias_asset.c.alias_id.in_(alias_ids))
        )
    }
    mine = asset_queue.c.dag_id == dag_id
    tx.execute(delete(asset_queue).where(mine, asset_queue.c.asset_id.not_in(kept)))
    tx.execute(update(asset_queue).where(mine).values(is_new=True))


def set_task_assets(tx: Tx, dag_id: str, found: Iterable[tuple[str, int, bool]]) -> None:
    """Note which tasks of a DAG use which assets: (task_id, asset id, whether as an outlet)."""
    tx.execute(delete(task_asset).where(task_asset.c.dag_id == dag_id))
    rows = [
        {"dag_id": dag_id, "task_id": task_id, "asset_id": asset_id, "is_outlet": is_outlet}
        for task_id, asset_id, is_outlet in sorted(set(found))
    ]
    if rows:
        tx.execute(insert(task_asset), rows)


def add_event(
    tx: Tx,
    asset_id: int,
    extra: Mapping[str, Any] | None,
    aliases: Sequence[str] = (),
    **source: Any,
) -> int:
    """Add an event and queue it for every DAG that is on and waits for it; return its id.

    Args:
        aliases: through which it came; they stand for the asset from now on.
        source: source_dag_id, source_run_id, source_task_id, source_map_index.
    """
    result = tx.execute(
        insert(asset_event).values(
            asset_id=asset_id, extra=dict(extra or {}), aliases=list(aliases), at=tx.now, **source
        )
    )
    assert result.inserted_primary_key is not None
    event_id = result.inserted_primary_key[0]
    alias_ids = [ensure_alias(tx, name) for name in aliases]
    for alias_id in alias_ids:
        _link(tx, alias_id, asset_id)
    rows = [
        {"dag_id": dag_id, "event_id": event_id, "asset_id": asset_id, "created_at": tx.now}
        for dag_id in _consumers(tx, asset_id, alias_ids)
    ]
    if rows:
        tx.execute(insert(asset_queue), rows)
    return event_id


def _link(tx: Tx, alias_id: int, asset_id: int) -> None:
    link = asset_alias_asset
    same = (link.c.alias_id == alias_id, link.c.asset_id == asset_id)
    if tx.first(select(link).where(*same)) is None:
        tx.execute(insert(link).values(alias_id=alias_id, asset_id=asset_id))


def _consumers(tx: Tx, asset_id: int, alias_ids: Sequence[int]) -> list[str]:
    direct = select(dag.c.dag_id).join(dag_asset, dag_asset.c.dag_id == dag.c.dag_id)
    found = [row.dag_id for row in tx.rows(direct.where(dag_asset.c.asset_id == asset_id, *_ON))]
    if alias_ids:
        through = select(dag.c.dag_id).join(
            dag_asset_alias, dag_asset_alias.c.dag_id == dag.c.dag_id
        )
        through = through.where(dag_asset_alias.c.alias_id.in_(alias_ids), *_ON)
        found += [row.dag_id for row in tx.rows(through)]
    return sorted(set(found))


def list_waiting(tx: Tx) -> list[str]:
    """Return the DAGs that are on and for which events have come that nobody has looked at."""
    return [row.dag_id for row in tx.rows(_WAITING)]


def list_queued(tx: Tx, dag_id: str) -> list[Any]:
    """Return the events that wait for a DAG's next run, the earliest first."""
    return tx.rows(
        select(asset_queue.c.dag_id, asset_queue.c.created_at, asset_event, asset.c.uri)
        .join(asset_event, asset_event.c.id == asset_queue.c.event_id)
        .join(asset, asset.c.id == asset_event.c.asset_id)
        .where(asset_queue.c.dag_id == dag_id)
        .order_by(asset_event.c.id)
    )


def set_looked_at(tx: Tx, dag_id: str) -> None:
    """Note that what waits for a DAG does not suffice yet."""
    tx.execute(update(asset_queue).where(asset_queue.c.dag_id == dag_id).values(is_new=False))


def drop_queued(tx: Tx, dag_id: str, asset_id: int | None = None) -> int:
    """Drop what waits for a DAG, of one asset or of all; return how many events."""
    query = delete(asset_queue).where(asset_queue.c.dag_id == dag_id)
    if asset_id is not None:
        query = query.where(asset_queue.c.asset_id == asset_id)
    return tx.execute(query).rowcount


def consume(tx: Tx, dag_id: str, event_ids: Sequence[int], run_pk: int) -> None:
    """Have a run consume events that waited for it."""
    tx.execute(
        delete(asset_queue).where(
            asset_queue.c.dag_id == dag_id, asset_queue.c.event_id.in_(event_ids)
        )
    )
    tx.execute(insert(asset_run), [{"run_pk": run_pk, "event_id": one} for one in event_ids])


def list_of_run(tx: Tx, run_pk: int) -> list[Any]:
    """Return the events that a run consumed, with the URI and name of their asset."""
    return tx.rows(
        select(asset_event, asset.c.uri, asset.c.name, asset.c.group)
        .join(asset_run, asset_run.c.event_id == asset_event.c.id)
        .join(asset, asset.c.id == asset_event.c.asset_id)
        .where(asset_run.c.run_pk == run_pk)
        .order_by(asset_event.c.id)
    )


def list_events_of(tx: Tx, uri: str | None, alias: str | None, limit: int) -> list[Any]:
    """Return the latest events of an asset, or of all that an alias has stood for; oldest first."""
    query = select(asset_event, asset.c.uri, asset.c.name, asset.c.group).join(
        asset, asset.c.id == asset_event.c.asset_id
    )
    if uri is not None:
        query = query.where(asset.c.uri == uri)
    if alias is not None:
        query = query.join(asset_alias_asset, asset_alias_asset.c.asset_id == asset.c.id)
        query = query.join(asset_alias, asset_alias.c.id == asset_alias_asset.c.alias_id)
        query = query.where(asset_alias.c.name == alias)
    return tx.rows(query.order_by(asset_event.c.id.desc()).limit(limit))[::-1]


def resolve_aliases(tx: Tx, aliases: Sequence[str]) -> dict[str, set[str]]:
    """Return for each alias the URIs of the assets that it has stood for."""
    found: dict[str, set[str]] = {name: set() for name in aliases}
    if aliases:
        query = (
            select(asset_alias.c.name.label("alias"), asset.c.uri)
            .join(asset_alias_asset, asset_alias_asset.c.alias_id == asset_alias.c.id)
            .join(asset, asset.c.id == asset_alias_asset.c.asset_id)
            .where(asset_alias.c.name.in_(aliases))
        )
        for row in tx.rows(query):
            found[row.alias].add(row.uri)
    return found


def interval_of_sources(tx: Tx, events: Sequence[Any]) -> tuple[Any, Any] | None:
    """Return from when to when the runs reach that made these events; None where none is known."""
    pairs = {(row.source_dag_id, row.source_run_id) for row in events if row.source_run_id}
    bounds = []
    for dag_id, run_id in sorted(pairs):
        row = tx.first(
            select(dag_run.c.data_interval_start, dag_run.c.data_interval_end).where(
                dag_run.c.dag_id == dag_id, dag_run.c.run_id == run_id
            )
        )
        if row is not None and row.data_interval_start is not None:
            bounds.append((row.data_interval_start, row.data_interval_end))
    return (min(one[0] for one in bounds), max(one[1] for one in bounds)) if bounds else None
