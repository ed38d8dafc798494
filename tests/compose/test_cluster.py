"""The cluster of docker-compose.yml, as processes with a real database and broker."""

import json

import pytest
from composed import OURS, Composed
from deployment import wait_until
from required import require
from team import Visitor

from servers import MariaDB, RabbitMQ

pytestmark = [pytest.mark.services, pytest.mark.processes]

FILE = """
from datetime import datetime
from couture_operators import DAG, BashOperator

with DAG("where", start_date=datetime(2026, 1, 1), schedule=None, is_paused_upon_creation=False):
    BashOperator(task_id="say", bash_command="echo it ran", queue="{queue}")
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, services):
    require(MariaDB)
    require(RabbitMQ)
    cluster = Composed(tmp_path_factory.mktemp("composed"), services)
    try:
        cluster.start()
        yield cluster
    finally:
        left = cluster.stop()
    assert not left


@pytest.fixture(scope="module")
def call(cluster):
    """superadmin, logged in with the generated password."""
    visitor = Visitor(cluster.url)
    answer = visitor.log_in("superadmin", cluster.secret("login/admin_password"))
    assert answer.status == 302, answer.says
    visitor.open_lab("superadmin")
    token = visitor.make_token()

    def call(method, path, body=None, base="/services/workflow"):
        answer = visitor.ask(
            f"{base}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
        )
        return answer.status, json.loads(answer.body or b"{}")

    return call


def run(cluster, call, queue="default"):
    """Run the DAG in a queue, and return how that went."""
    (cluster.home / "dags" / "where.py").write_text(FILE.format(queue=queue))
    wait_until(lambda: queue in str(call("GET", "v2/dagSources/where")), 30, "the DAG is known")
    status, made = call("POST", "v2/dags/where/dagRuns", {"logical_date": None})
    assert status == 200, made
    path = f"v2/dags/where/dagRuns/{made['dag_run_id']}"
    wait_until(lambda: call("GET", path)[1]["state"] in ("success", "failed"), 60, "it has ended")
    return call("GET", f"{path}/taskInstances/say")[1] | {"path": path}


def test_a_dag_is_run_by_a_worker_and_its_log_is_read(cluster, call):
    task = run(cluster, call)
    assert (task["state"], task["hostname"]) == ("success", "worker"), cluster.log("worker")
    _, log = call("GET", f"{task['path']}/taskInstances/say/logs/1")
    assert "it ran" in json.dumps(log)
    assert call("GET", "v2/dags/example_sales_report")[0] == 200


def test_a_lab_reaches_it_too(call):
    status, answer = call("GET", "couture/status", base="/user/superadmin/workflow")
    assert (status, answer["scheduler"]["state"]) == (200, "healthy")


def test_a_further_worker_takes_what_it_is_for(cluster, call):
    environment = cluster.services["worker"]["environment"]
    environment["COUTURE_QUEUES"] = "heavy"
    cluster.start_one("worker", "worker-2")
    wait_until(lambda: cluster.is_healthy("worker", "worker-2"), 60, "the second one is healthy")

    def runs_it() -> bool:  # schedulers know of its queues after some seconds
        return run(cluster, call, "heavy")["hostname"] == "worker-2"

    wait_until(runs_it, 30, "the second one runs what is of its queue")


def test_hosts_and_figures_are_shown(call):
    status, found = call("GET", "couture/hosts?is_present=true")
    assert (status, {one["host"]: one["slots"] > 0 for one in found["hosts"]}) == (
        200,
        {"worker": True, "worker-2": True, "scheduler.scheduler": False},
    )
    _, figures = call("GET", "couture/metrics")
    [turns] = [one for one in figures["histograms"] if "turn" in one["name"]]
    assert turns["count"] > 0


def test_the_doctor_finds_nothing_to_do(cluster):
    found = cluster.run("scheduler", "doctor", "--output", "json")
    problems = {one["name"]: one["problem"] for one in json.loads(found.stdout) if one["problem"]}
    assert set(problems) <= {"DAG files"}, problems


def test_each_container_ends_by_itself_when_told_to(cluster):
    assert all(cluster.processes[name].poll() is None for name in OURS)
