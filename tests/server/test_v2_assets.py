"""Assets: our answers fit Airflow's v2.yaml, and its official client drives us."""

import pytest
from airflow_client.client import ApiException
from airflow_client.client.api.asset_api import AssetApi
from airflow_client.client.models.create_asset_events_body import CreateAssetEventsBody
from airflow_client.client.models.materialize_asset_body import MaterializeAssetBody
from seeded import CHAIN, SALES
from v2_contract import assert_fits

from couture_scheduler.store import assets


@pytest.fixture
def raw(deployment):
    """An asset that the DAG sales updates and, by an alias too, waits for."""
    with deployment.db.write() as tx:
        asset_id = assets.ensure_asset(tx, "s3://raw", name="raw")
        assets.set_schedule(tx, SALES, [asset_id], [assets.ensure_alias(tx, "any_raw")])
        assets.set_task_assets(tx, SALES, [("load", asset_id, True)])
    yield asset_id
    with deployment.db.write() as tx:
        assets.set_schedule(tx, SALES, [], [])
        assets.set_task_assets(tx, SALES, [])


@pytest.fixture
def api(client):
    return AssetApi(client)


def update(api, raw):
    return api.create_asset_event(CreateAssetEventsBody(asset_id=raw, extra={"rows": 3}))


def test_the_official_client_lists_assets_and_aliases(api, raw):
    [found] = api.get_assets(uri_pattern="raw").assets
    assert (found.id, found.name) == (raw, "raw")
    assert [one.dag_id for one in found.scheduled_dags] == [SALES]
    assert [one.task_id for one in api.get_asset(raw).producing_tasks] == ["load"]
    assert api.get_assets(dag_ids=[CHAIN]).total_entries == 0
    [alias] = api.get_asset_aliases(name_pattern="raw").asset_aliases
    assert api.get_asset_alias(alias.id)["name"] == "any_raw"


def test_the_official_client_updates_an_asset_and_drops_what_waits(api, raw):
    made = update(api, raw)
    assert made.extra == {"rows": 3, "from_rest_api": True}
    assert [one.id for one in api.get_asset_events(asset_id=raw).asset_events] == [made.id]
    assert api.get_dag_asset_queued_event(SALES, raw).asset_id == raw
    assert [one.dag_id for one in api.get_asset_queued_events(raw).queued_events] == [SALES]
    assert (
        api.get_dag_asset_queued_events(SALES, before=made.timestamp.isoformat()).total_entries == 0
    )
    api.delete_dag_asset_queued_event(SALES, raw)
    update(api, raw)
    api.delete_dag_asset_queued_events(SALES)
    update(api, raw)
    api.delete_asset_queued_events(raw)
    assert api.get_dag_asset_queued_events(SALES).total_entries == 0
    with pytest.raises(ApiException) as gone:
        api.get_dag_asset_queued_event(SALES, raw)
    assert gone.value.status == 404


@pytest.mark.parametrize("body", [None, MaterializeAssetBody(dag_run_id="made", conf={"day": 1})])
def test_the_official_client_materializes(api, raw, body):
    made = api.materialize_asset(raw, body)
    assert (made.dag_id, made.state) == (SALES, "queued")
    if body is not None:
        assert (made.dag_run_id, made.conf) == ("made", {"day": 1})


def test_a_body_of_null_materializes(http, raw):
    assert http("POST", f"api/v2/assets/{raw}/materialize", b"null")[0] == 200


def test_answers_about_assets_fit_the_contract(api, http, raw):
    update(api, raw)
    [alias] = http.get("api/v2/assets/aliases?name_pattern=any_raw")["asset_aliases"]
    for path, pattern in {
        "assets": "assets",
        f"assets/{raw}": "assets/{asset_id}",
        "assets/aliases": "assets/aliases",
        f"assets/aliases/{alias['id']}": "assets/aliases/{asset_alias_id}",
        "assets/events": "assets/events",
        f"assets/{raw}/queuedEvents": "assets/{asset_id}/queuedEvents",
        f"dags/{SALES}/assets/queuedEvents": "dags/{dag_id}/assets/queuedEvents",
        f"dags/{SALES}/assets/{raw}/queuedEvents": "dags/{dag_id}/assets/{asset_id}/queuedEvents",
        f"dags/{SALES}/dagRuns/manual__good/upstreamAssetEvents": (
            "dags/{dag_id}/dagRuns/{dag_run_id}/upstreamAssetEvents"
        ),
    }.items():
        assert_fits(f"/api/v2/{pattern}", "get", 200, http.get(f"api/v2/{path}"))
