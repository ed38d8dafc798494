"""Events of assets: what tasks say that they updated, and what schedules wait for."""

import json
from collections.abc import Sequence
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.rules.assets import TYPES, names
from couture_scheduler.store import assets


def save_references(tx: Tx, dag_id: str, data: dict[str, Any]) -> None:
    """Note which assets a DAG's schedule waits for, and which its tasks use."""
    schedule = data["schedule"]
    expression = schedule.get("expression") if schedule["type"] in TYPES else None
    asset_ids = [assets.ensure_asset(tx, uri) for uri in names(expression, "asset")]
    alias_ids = [assets.ensure_alias(tx, name) for name in names(expression, "alias")]
    assets.set_schedule(tx, dag_id, asset_ids, alias_ids)
    used = [
        (task["task_id"], _ensure(tx, one), is_outlet)
        for task in data["tasks"]
        for side, is_outlet in (("outlets", True), ("inlets", False))
        for one in task.get(side) or ()
        if isinstance(one, dict) and "asset" in one
    ]
    assets.set_task_assets(tx, dag_id, used)


def note_outlets(
    tx: Tx, row: Any, task: dict[str, Any], said: Sequence[dict[str, Any]]
) -> list[int]:
    """Add the events of a task instance that has succeeded: one for each asset that it updates.

    Args:
        said: what the task said itself: {"asset", "extra"}, or {"alias", "asset", "extra"} for an
            asset that one of its aliases stands for.

    Returns:
        The events' ids.
    """
    source = {
        "source_dag_id": row.dag_id,
        "source_run_id": row.run_id,
        "source_task_id": row.task_id,
        "source_map_index": row.map_index,
    }
    made = []
    for one in task.get("outlets") or ():
        if isinstance(one, dict) and "asset" in one:
            extra = _extra_of(one["asset"], said)
            made.append(assets.add_event(tx, _ensure(tx, one), extra, **source))
    for (uri, _), (extra, aliases) in _through_aliases(task, said).items():
        asset_id = assets.ensure_asset(tx, uri)
        made.append(assets.add_event(tx, asset_id, extra, sorted(aliases), **source))
    return made


def event_to_dict(row: Any) -> dict[str, Any]:
    """Return an event as a task's code sees it."""
    return {
        "id": row.id,
        "uri": row.uri,
        "asset": {"uri": row.uri, "name": row.name, "group": row.group},
        "extra": row.extra or {},
        "source_dag_id": row.source_dag_id,
        "source_run_id": row.source_run_id,
        "source_task_id": row.source_task_id,
        "source_map_index": row.source_map_index,
        "aliases": row.aliases or [],
        "timestamp": row.at.isoformat(),
    }


def triggering_events(tx: Tx, run_pk: int) -> dict[str, list[dict[str, Any]]]:
    """Return the events that a run consumed, by the URI of their asset."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in assets.list_of_run(tx, run_pk):
        found.setdefault(row.uri, []).append(event_to_dict(row))
    return found


def _ensure(tx: Tx, outlet: dict[str, Any]) -> int:
    given = {name: outlet.get(name) for name in ("name", "extra", "group")}
    return assets.ensure_asset(tx, outlet["asset"], **given)


def _extra_of(uri: str, said: Sequence[dict[str, Any]]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    for one in said:
        if one.get("asset") == uri and not one.get("alias"):
            extra |= one.get("extra") or {}
    return extra


def _through_aliases(
    task: dict[str, Any], said: Sequence[dict[str, Any]]
) -> dict[tuple[str, str], tuple[dict[str, Any], set[str]]]:
    """Return what came through aliases of the task: one event for each asset and extra."""
    mine = {one["alias"] for one in task.get("outlets") or () if "alias" in one}
    found: dict[tuple[str, str], tuple[dict[str, Any], set[str]]] = {}
    for one in said:
        uri, alias, extra = one.get("asset"), one.get("alias"), one.get("extra") or {}
        if isinstance(uri, str) and isinstance(alias, str) and alias in mine:
            key = (uri, json.dumps(extra, sort_keys=True))
            found.setdefault(key, (extra, set()))[1].add(alias)
    return found
