"""DAGs, groups and tasks whose ids are not ASCII, over the API."""

from datetime import UTC, datetime
from urllib.parse import quote

from couture_operators import DAG, BashOperator, TaskGroup
from couture_scheduler.worker.running import log_path

DAG_ID, TASK_ID, RUN_ID = "отчёт.été", "groupe_à_part.処理", "manual__début"


def test_a_dag_is_found_by_its_id_in_every_call(http, client, deployment):
    start = datetime(2026, 11, 1, tzinfo=UTC)
    dag = DAG(DAG_ID, schedule=None, start_date=start, is_paused_upon_creation=False)
    with dag, TaskGroup("groupe_à_part"):
        BashOperator(task_id="処理", bash_command="true")
    deployment.save(dag, path="manual/report.py")
    deployment.trigger(DAG_ID, RUN_ID)
    deployment.play()
    path = log_path(deployment.settings.logs_path, DAG_ID, RUN_ID, TASK_ID, 1)
    path.parent.mkdir(parents=True)
    path.write_text("done\n")

    dag_path = f"api/v2/dags/{quote(DAG_ID, safe='')}"
    run_path = f"{dag_path}/dagRuns/{quote(RUN_ID, safe='')}"
    assert http.get(dag_path)["dag_id"] == DAG_ID
    assert http.get(f"{dag_path}/tasks")["tasks"][0]["task_id"] == TASK_ID
    assert http.get(run_path)["dag_run_id"] == RUN_ID
    task = f"{run_path}/taskInstances/{quote(TASK_ID, safe='')}"
    assert http.get(task)["task_id"] == TASK_ID
    status, text = http("GET", f"{task}/logs/1", accept="text/plain")
    assert (status, "done" in text) == (200, True)
    found = http.get(f"api/v2/dags?dag_id_pattern={quote('отчёт')}")
    assert [one["dag_id"] for one in found["dags"]] == [DAG_ID]
    deployment.save(path="manual/report.py")  # its file defines it no more
    assert http("DELETE", dag_path)[0] in (200, 204)
    assert http("GET", dag_path)[0] == 404
