"""Routes for assets, as in v2.yaml."""

from couture_scheduler.schemas import assets as schemas
from couture_scheduler.schemas.dag_runs import DAGRunResponse
from couture_scheduler.services import assets
from couture_server.routing import Route

_ASSETS = "api/v2/assets"
_ASSET = _ASSETS + "/{asset_id:int}"
_OF_DAG = "api/v2/dags/{dag_id}/assets"

#: what has a name of its own stands before assets by their number
ASSET_ROUTES = (
    Route(
        "GET",
        _ASSETS,
        assets.get_assets,
        "Assets that DAGs name",
        schemas.AssetCollectionResponse,
        query=schemas.AssetQuery,
    ),
    Route(
        "GET",
        _ASSETS + "/aliases",
        assets.get_asset_aliases,
        "Aliases of assets",
        schemas.AssetAliasCollectionResponse,
        query=schemas.AssetAliasQuery,
    ),
    Route(
        "GET",
        _ASSETS + "/aliases/{asset_alias_id:int}",
        assets.get_asset_alias,
        "One alias",
        schemas.AssetAliasResponse,
    ),
    Route(
        "GET",
        _ASSETS + "/events",
        assets.get_asset_events,
        "Updates of assets",
        schemas.AssetEventCollectionResponse,
        query=schemas.AssetEventQuery,
    ),
    Route(
        "POST",
        _ASSETS + "/events",
        assets.create_asset_event,
        "Say that an asset was updated",
        schemas.AssetEventResponse,
        schemas.CreateAssetEventsBody,
    ),
    Route("GET", _ASSET, assets.get_asset, "One asset", schemas.AssetResponse),
    Route(
        "POST",
        _ASSET + "/materialize",
        assets.materialize_asset,
        "Make a run of the DAG that updates an asset",
        DAGRunResponse,
        schemas.MaterializeAssetBody,
    ),
    Route(
        "GET",
        _ASSET + "/queuedEvents",
        assets.get_asset_queued_events,
        "The DAGs for which an asset's update waits",
        schemas.QueuedEventCollectionResponse,
        query=schemas.QueuedEventQuery,
    ),
    Route(
        "DELETE",
        _ASSET + "/queuedEvents",
        assets.delete_asset_queued_events,
        "Drop an asset's updates that wait",
        query=schemas.QueuedEventQuery,
    ),
    Route(
        "GET",
        _OF_DAG + "/queuedEvents",
        assets.get_dag_asset_queued_events,
        "The assets whose updates wait for a DAG's next run",
        schemas.QueuedEventCollectionResponse,
        query=schemas.QueuedEventQuery,
    ),
    Route(
        "DELETE",
        _OF_DAG + "/queuedEvents",
        assets.delete_dag_asset_queued_events,
        "Drop what waits for a DAG's next run",
        query=schemas.QueuedEventQuery,
    ),
    Route(
        "GET",
        _OF_DAG + "/{asset_id:int}/queuedEvents",
        assets.get_dag_asset_queued_event,
        "Whether an asset's update waits for a DAG's next run",
        schemas.QueuedEventResponse,
        query=schemas.QueuedEventQuery,
    ),
    Route(
        "DELETE",
        _OF_DAG + "/{asset_id:int}/queuedEvents",
        assets.delete_dag_asset_queued_event,
        "Drop an asset's updates that wait for a DAG's next run",
        query=schemas.QueuedEventQuery,
    ),
    Route(
        "GET",
        "api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/upstreamAssetEvents",
        assets.get_upstream_asset_events,
        "The updates that a run consumed",
        schemas.AssetEventCollectionResponse,
    ),
)
