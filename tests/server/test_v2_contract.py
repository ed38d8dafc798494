"""Our answers fit Airflow's v2.yaml, and its official client drives us."""

import json

import pytest
from airflow_client.client import ApiException
from airflow_client.client.api import (
    backfill_api,
    dag_api,
    dag_run_api,
    task_instance_api,
    x_com_api,
)
from airflow_client.client.models.backfill_post_body import BackfillPostBody
from airflow_client.client.models.clear_task_instances_body import ClearTaskInstancesBody
from airflow_client.client.models.dag_patch_body import DAGPatchBody
from airflow_client.client.models.trigger_dag_run_post_body import TriggerDAGRunPostBody
from seeded import BAD, CHAIN, GOOD, SALES
from v2_contract import assert_fits, contract

from couture_operators import DAG
from couture_scheduler.store import dags

_RUN = f"dags/{SALES}/dagRuns/{GOOD}"
_TASK = f"{_RUN}/taskInstances/extract"
GETS = {
    "version": "/api/v2/version",
    "monitor/health": "/api/v2/monitor/health",
    "dags": "/api/v2/dags",
    f"dags/{SALES}": "/api/v2/dags/{dag_id}",
    f"dags/{SALES}/details": "/api/v2/dags/{dag_id}/details",
    f"dags/{SALES}/tasks": "/api/v2/dags/{dag_id}/tasks",
    f"dags/{SALES}/tasks/load": "/api/v2/dags/{dag_id}/tasks/{task_id}",
    "dagTags": "/api/v2/dagTags",
    "dagStats": "/api/v2/dagStats",
    f"dagSources/{SALES}": "/api/v2/dagSources/{dag_id}",
    f"dags/{SALES}/dagVersions": "/api/v2/dags/{dag_id}/dagVersions",
    f"dags/{SALES}/dagVersions/1": "/api/v2/dags/{dag_id}/dagVersions/{version_number}",
    "dags/~/dagRuns": "/api/v2/dags/{dag_id}/dagRuns",
    _RUN: "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}",
    f"{_RUN}/taskInstances": "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances",
    _TASK: "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}",
    f"{_TASK}/tries": "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}/tries",
    f"{_TASK}/logs/1": "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}"
    "/logs/{try_number}",
    f"{_TASK}/xcomEntries": "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances/{task_id}"
    "/xcomEntries",
    f"{_TASK}/xcomEntries/opaque": "/api/v2/dags/{dag_id}/dagRuns/{dag_run_id}/taskInstances"
    "/{task_id}/xcomEntries/{xcom_key}",
    "importErrors": "/api/v2/importErrors",
    "eventLogs": "/api/v2/eventLogs",
    "jobs": "/api/v2/jobs",
    "backfills": "/api/v2/backfills",
}


@pytest.mark.parametrize("path", GETS)
def test_answers_fit_the_contract(http, path):
    assert_fits(GETS[path], "get", 200, http.get(f"api/v2/{path}"))


@pytest.mark.parametrize("path", [GETS[path] for path in GETS])
def test_query_parameters_of_ours_are_those_of_the_contract(path):
    from couture_server.routes import ROUTES

    [route] = [one for one in ROUTES if one.method == "GET" and f"/{_plain(one.path)}" == path]
    known = {one["name"] for one in contract()["paths"][path]["get"].get("parameters", [])}
    ours = {"map_index", "active", "dag_id_pattern"}
    assert set(route.query.model_fields if route.query else ()) <= known | ours


def _plain(path: str) -> str:
    return path.replace(":int}", "}")


def test_errors_fit_the_contract(http):
    status, body = http("GET", "api/v2/dags/nowhere")
    assert status == 404
    assert_fits("/api/v2/dags/{dag_id}", "get", 404, body)
    status, body = http("GET", "api/v2/dags?limit=-1")
    assert status == 422
    assert_fits("/api/v2/dags", "get", 422, body)


def test_the_official_client_lists_and_switches(client):
    api = dag_api.DAGApi(client)
    assert {dag.dag_id for dag in api.get_dags().dags} == {SALES, CHAIN}
    assert [dag.dag_id for dag in api.get_dags(tags=["manual"]).dags] == [SALES]
    assert api.patch_dag(CHAIN, DAGPatchBody(is_paused=False)).is_paused is False
    assert [dag.dag_id for dag in api.get_dags(paused=True).dags] == []
    assert api.patch_dag(CHAIN, DAGPatchBody(is_paused=True)).is_paused is True
    assert api.get_dag_details(SALES).params["region"]["value"] == "eu"


def test_the_official_client_deletes_a_dag(deployment, client):
    deployment.save(DAG("left"), path="left.py")
    with deployment.db.write() as tx:
        dags.set_inactive(tx, ["left"])
    api = dag_api.DAGApi(client)
    assert api.delete_dag("left") == {"dag_id": "left", "deleted_runs": 0, "is_gone": True}
    with pytest.raises(ApiException) as gone:
        api.delete_dag("left")
    assert gone.value.status == 404


def test_the_official_client_triggers_and_reads_a_run(client):
    api = dag_run_api.DagRunApi(client)
    body = TriggerDAGRunPostBody(dag_run_id="by_client", conf={"day": 1})
    made = api.trigger_dag_run(SALES, body)
    assert (made.state, made.conf) == ("queued", {"day": 1})
    assert api.get_dag_run(SALES, "by_client").dag_run_id == "by_client"
    listed = api.get_dag_runs(SALES, order_by=["-run_after"], limit=1)
    assert [run.dag_run_id for run in listed.dag_runs] == ["by_client"]
    assert listed.total_entries >= 3
    tasks = task_instance_api.TaskInstanceApi(client).get_task_instances(SALES, "by_client")
    assert [task.state for task in tasks.task_instances] == [None, None, None]


def test_the_official_client_reads_logs_and_xcoms(client):
    tasks = task_instance_api.TaskInstanceApi(client)
    log = tasks.get_log(SALES, GOOD, "extract", 1)
    lines = [line.event for line in log.content.actual_instance]
    assert lines == ["extracting", "plain ünïcode output"]
    values = x_com_api.XComApi(client)
    assert [one.key for one in values.get_xcom_entries(SALES, GOOD, "extract").xcom_entries] == [
        "return_value",
        "opaque",
    ]
    found = values.get_xcom_entry(
        SALES, dag_run_id=GOOD, task_id="extract", xcom_key="return_value"
    )
    assert found.actual_instance.value == {"rows": 7}


def test_the_official_client_clears(client, http):
    api = task_instance_api.TaskInstanceApi(client)
    body = ClearTaskInstancesBody(dag_run_id=BAD, dry_run=True, only_failed=True)
    would = api.post_clear_task_instances(SALES, body)
    assert [one.task_id for one in would.task_instances] == ["load", "report"]
    assert http.get(f"api/v2/dags/{SALES}/dagRuns/{BAD}")["state"] == "failed"
    body.dry_run = False
    cleared = api.post_clear_task_instances(SALES, body)
    assert [one.state for one in cleared.task_instances] == [None, None]
    assert http.get(f"api/v2/dags/{SALES}/dagRuns/{BAD}")["state"] == "queued"


def test_source_comes_as_text_where_text_is_asked_for(http):
    status, text = http("GET", f"api/v2/dagSources/{SALES}", accept="text/plain")
    assert (status, text) == (200, "# source")


def test_logs_come_as_lines_of_json_where_they_are_asked_for(http):
    _, text = http("GET", f"api/v2/{_TASK}/logs/1", accept="application/x-ndjson")
    assert [json.loads(line)["event"] for line in text.splitlines()] == [
        "extracting",
        "plain ünïcode output",
    ]


def test_the_official_client_backfills(client, http):
    api = backfill_api.BackfillApi(client)
    body = BackfillPostBody(
        dag_id=CHAIN, from_date="2026-11-02T02:00:00Z", to_date="2026-11-04T02:00:00Z"
    )
    would = api.create_backfill_dry_run(body)
    assert [one.logical_date.day for one in would.backfills] == [2, 3, 4]
    made = api.create_backfill(body)
    assert (made.dag_id, made.is_paused, made.max_active_runs) == (CHAIN, False, 10)
    assert_fits(
        "/api/v2/backfills/{backfill_id}", "get", 200, http.get(f"api/v2/backfills/{made.id}")
    )
    assert api.pause_backfill(made.id).is_paused
    assert not api.unpause_backfill(made.id).is_paused
    assert api.get_backfill(made.id).from_date == made.from_date
    listed = api.list_backfills(CHAIN)
    assert [one.id for one in listed.backfills] == [made.id]
    dates = http.get(f"api/couture/backfills/{made.id}/runs")["runs"]
    assert [one["state"] for one in dates] == [None, None, None]
    assert api.cancel_backfill(made.id).completed_at
