"""Assets: what tasks update and schedules wait for, and events that people make by hand."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Forbidden, NotFound
from couture_scheduler.schemas.assets import (
    AssetAliasCollectionResponse,
    AssetAliasQuery,
    AssetAliasResponse,
    AssetCollectionResponse,
    AssetEventCollectionResponse,
    AssetEventQuery,
    AssetEventResponse,
    AssetQuery,
    AssetResponse,
    CreateAssetEventsBody,
    DagReference,
    DagRunAssetReference,
    LastAssetEventResponse,
    MaterializeAssetBody,
    QueuedEventCollectionResponse,
    QueuedEventQuery,
    QueuedEventResponse,
    TaskReference,
)
from couture_scheduler.schemas.dag_runs import DAGRunResponse
from couture_scheduler.sensitive import hide, hide_in_urls
from couture_scheduler.services.dag_runs import trigger_dag_run
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import asset_lists, assets, dags, runs
from couture_scheduler.store.listing import Criteria
from couture_scheduler.triggering import check_conf

_GROUP = "asset"
_RUNS = "DagRunModelView"


@service("can_list", "DagModelView")
def get_assets(tx: Tx, call: Call, query: AssetQuery) -> AssetCollectionResponse:
    """List assets that DAGs name."""
    asked = criteria(query, asset_lists.ASSET_COLUMNS)
    listed = asset_lists.list_assets(
        tx, asked, call.dags, query.dag_ids, only_used=query.only_active
    )
    found = [_asset(tx, call, row) for row in listed.rows]
    return AssetCollectionResponse(assets=found, total_entries=listed.total)


@service("can_show", "DagModelView")
def get_asset(tx: Tx, call: Call, asset_id: int) -> AssetResponse:
    """Return one asset."""
    return _asset(tx, call, asset_lists.get_asset(tx, asset_id, call.dags))


@service("can_list", "DagModelView")
def get_asset_aliases(tx: Tx, call: Call, query: AssetAliasQuery) -> AssetAliasCollectionResponse:
    """List aliases."""
    asked = criteria(query, asset_lists.ALIAS_COLUMNS)
    listed = asset_lists.list_aliases(tx, asked, call.dags)
    found = [_alias(row) for row in listed.rows]
    return AssetAliasCollectionResponse(asset_aliases=found, total_entries=listed.total)


@service("can_show", "DagModelView")
def get_asset_alias(tx: Tx, call: Call, asset_alias_id: int) -> AssetAliasResponse:
    """Return one alias."""
    asked = Criteria(among={"id": [asset_alias_id]})
    rows = asset_lists.list_aliases(tx, asked, call.dags).rows
    if not rows:
        raise NotFound(f"There is no asset alias with id {asset_alias_id}.")
    return _alias(rows[0])


@service("can_list", "DagModelView")
def get_asset_events(tx: Tx, call: Call, query: AssetEventQuery) -> AssetEventCollectionResponse:
    """List events of assets."""
    listed = asset_lists.list_events(tx, criteria(query, asset_lists.EVENT_COLUMNS), call.dags)
    found = [_event(tx, call, row) for row in listed.rows]
    return AssetEventCollectionResponse(asset_events=found, total_entries=listed.total)


@service("can_trigger", "DagRunModelView", mutates=True)
def create_asset_event(tx: Tx, call: Call, body: CreateAssetEventsBody) -> AssetEventResponse:
    """Say that an asset was updated; the DAGs that wait for it take note.

    Who makes an event starts what waits for it, so the right to trigger those DAGs is needed.
    """
    row = asset_lists.get_asset(tx, body.asset_id, call.dags)
    check_conf(body.extra or {}, call.workflow.settings.max_conf_bytes)
    _check_consumers(tx, call, row.id)
    extra = {**(body.extra or {}), "from_rest_api": True}
    event_id = assets.add_event(tx, row.id, extra)
    call.notes["after"] = {"event_id": event_id, "uri": row.uri}
    call.workflow.ring(tx, "scheduler")
    asked = Criteria(among={"id": [event_id]})
    return _event(tx, call, asset_lists.list_events(tx, asked, call.dags).rows[0])


def _check_consumers(tx: Tx, call: Call, asset_id: int) -> None:
    """Refuse in one sentence, whether the DAG that waits may be seen or not."""
    waiting, _ = asset_lists.references(tx, asset_id, None)
    who = call.actor
    if all(who.sees(one) and who.allows("can_trigger", _RUNS, one) for one in waiting):
        return
    raise Forbidden(
        f"{who.user} may not update this asset: that needs the permission can_trigger on {_RUNS} "
        "for every DAG that waits for it."
    )


@service("can_trigger", "DagRunModelView", mutates=True)
def materialize_asset(
    tx: Tx, call: Call, asset_id: int, body: MaterializeAssetBody
) -> DAGRunResponse:
    """Make a run of the DAG that updates an asset.

    Raises:
        NotFound, Conflict: no DAG that may be triggered updates it, or more than one.
    """
    row = asset_lists.get_asset(tx, asset_id, call.dags)
    name = hide_in_urls(row.name)
    producing = asset_lists.list_producing_dags(tx, row.id, call.dags)
    if not producing:
        raise NotFound(f"No DAG has a task that updates the asset {name!r}.")
    if len(producing) > 1:
        names = ", ".join(producing)
        raise Conflict(f"More than one DAG updates the asset {name!r}: trigger one of {names}.")
    call.notes["dag_id"] = producing[0]
    return trigger_dag_run.function(tx, call, producing[0], body)


@service("can_show", "DagRunModelView", dag="dag_id")
def get_upstream_asset_events(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str
) -> AssetEventCollectionResponse:
    """Return the events that a run consumed, without those of DAGs that may not be seen."""
    run = runs.get_run(tx, dag_id, dag_run_id)
    found = [
        _event(tx, call, row)
        for row in assets.list_of_run(tx, run.id)
        if row.source_dag_id is None or call.actor.sees(row.source_dag_id)
    ]
    return AssetEventCollectionResponse(asset_events=found, total_entries=len(found))


@service("can_show", "DagModelView", dag="dag_id")
def get_dag_asset_queued_events(
    tx: Tx, call: Call, dag_id: str, query: QueuedEventQuery
) -> QueuedEventCollectionResponse:
    """Return the assets whose updates wait for a DAG's next run."""
    dags.get_dag(tx, dag_id)
    return _waiting(asset_lists.list_waiting(tx, call.dags, dag_id, None, query.before))


@service("can_show", "DagModelView", dag="dag_id")
def get_dag_asset_queued_event(
    tx: Tx, call: Call, dag_id: str, asset_id: int, query: QueuedEventQuery
) -> QueuedEventResponse:
    """Return whether an asset's update waits for a DAG's next run."""
    dags.get_dag(tx, dag_id)
    rows = asset_lists.list_waiting(tx, call.dags, dag_id, asset_id, query.before)
    if not rows:
        raise NotFound(f"No event of asset {asset_id} waits for DAG {dag_id!r}.")
    return _waiting(rows).queued_events[0]


@service("can_show", "DagModelView")
def get_asset_queued_events(
    tx: Tx, call: Call, asset_id: int, query: QueuedEventQuery
) -> QueuedEventCollectionResponse:
    """Return the DAGs for whose next run an asset's update waits."""
    asset_lists.get_asset(tx, asset_id, call.dags)
    return _waiting(asset_lists.list_waiting(tx, call.dags, None, asset_id, query.before))


@service("can_edit", "DagModelView", dag="dag_id", mutates=True)
def delete_dag_asset_queued_events(
    tx: Tx, call: Call, dag_id: str, query: QueuedEventQuery
) -> None:
    """Drop what waits for a DAG's next run."""
    dags.get_dag(tx, dag_id)
    _drop(tx, call, dag_id, None, query)


@service("can_edit", "DagModelView", dag="dag_id", mutates=True)
def delete_dag_asset_queued_event(
    tx: Tx, call: Call, dag_id: str, asset_id: int, query: QueuedEventQuery
) -> None:
    """Drop an asset's updates that wait for a DAG's next run."""
    dags.get_dag(tx, dag_id)
    _drop(tx, call, dag_id, asset_id, query)


@service("can_edit", "DagModelView", mutates=True)
def delete_asset_queued_events(tx: Tx, call: Call, asset_id: int, query: QueuedEventQuery) -> None:
    """Drop an asset's updates that wait for DAGs."""
    asset_lists.get_asset(tx, asset_id, call.dags)
    _drop(tx, call, None, asset_id, query)


def _drop(
    tx: Tx, call: Call, dag_id: str | None, asset_id: int | None, query: QueuedEventQuery
) -> None:
    count = asset_lists.drop_waiting(tx, call.dags, dag_id, asset_id, query.before)
    if not count:
        raise NotFound("No such event waits.")
    call.notes["after"] = {"dropped": count}


def _asset(tx: Tx, call: Call, row: Any) -> AssetResponse:
    waiting, tasks = asset_lists.references(tx, row.id, call.dags)
    times = {"created_at": row.created_at, "updated_at": row.updated_at}
    last = asset_lists.last_event(tx, row.id, call.dags)
    references = [
        (one.is_outlet, TaskReference(dag_id=one.dag_id, task_id=one.task_id, **times))
        for one in tasks
    ]
    return AssetResponse(
        id=row.id,
        **_shown(row),
        scheduled_dags=[DagReference(dag_id=one, **times) for one in waiting],
        producing_tasks=[one for is_outlet, one in references if is_outlet],
        consuming_tasks=[one for is_outlet, one in references if not is_outlet],
        aliases=[_alias(one) for one in asset_lists.aliases_of(tx, row.id, call.dags)],
        last_asset_event=LastAssetEventResponse(id=last.id, timestamp=last.at) if last else None,
        **times,
    )


def _alias(row: Any) -> AssetAliasResponse:
    return AssetAliasResponse(id=row.id, name=row.name, group=_GROUP)


def _event(tx: Tx, call: Call, row: Any) -> AssetEventResponse:
    return AssetEventResponse(
        id=row.id,
        asset_id=row.asset_id,
        **_shown(row),
        source_task_id=row.source_task_id,
        source_dag_id=row.source_dag_id,
        source_run_id=row.source_run_id,
        source_map_index=-1 if row.source_map_index is None else row.source_map_index,
        created_dagruns=[
            _run(one, row.id) for one in asset_lists.runs_of_event(tx, row.id, call.dags)
        ],
        timestamp=row.at,
    )


def _shown(row: Any) -> dict[str, Any]:
    """Return what an asset is called and its or its event's extra, without secrets."""
    names = {name: hide_in_urls(getattr(row, name)) for name in ("name", "uri")}
    return {**names, "group": row.group, "extra": hide(row.extra)}


def _run(row: Any, event_id: int) -> DagRunAssetReference:
    return DagRunAssetReference(
        run_id=row.run_id,
        dag_id=row.dag_id,
        logical_date=row.logical_date,
        start_date=row.start_date or row.queued_at,
        end_date=row.end_date,
        state=row.state,
        data_interval_start=row.data_interval_start,
        data_interval_end=row.data_interval_end,
        triggering=row.last_event == event_id,
    )


def _waiting(rows: list[Any]) -> QueuedEventCollectionResponse:
    found = [
        QueuedEventResponse(
            dag_id=row.dag_id,
            asset_id=row.asset_id,
            created_at=row.created_at,
            dag_display_name=row.dag_id,
        )
        for row in rows
    ]
    return QueuedEventCollectionResponse(queued_events=found, total_entries=len(found))
