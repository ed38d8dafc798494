"""Celery's messages are doorbells: lost, doubled or forged they change nothing."""

import uuid

import pytest
from amqp.exceptions import NotFound
from deployment import Deployment, wait_until
from invariants import check
from kombu.connection import Connection

from cluster import Cluster
from couture_scheduler.executors.celery_app import RUN_ATTEMPT, node_name

pytestmark = pytest.mark.processes

WAITS = """
import time
from pathlib import Path

def wait(name):
    folder = Path({folder!r})
    (folder / f"{{name}}.began").open("a").write("x")
    while not (folder / f"{{name}}.go").exists():
        time.sleep(0.02)

with DAG("waits", schedule=None, start_date=START, is_paused_upon_creation=False):
    for name in ("a", "b"):
        PythonOperator(task_id=name, python_callable=wait, op_args=[name]{more})
"""

MANY = """
with DAG("many", schedule=None, start_date=START, is_paused_upon_creation=False, max_active_runs=20):
    first = BashOperator(task_id="first", bash_command="true")
    for number in range(4):
        first >> PythonOperator(task_id=f"p{number}", python_callable=lambda: 7)
"""


@pytest.fixture
def waits(cluster, tmp_path):
    """A DAG whose tasks wait for files; returns what a task has begun and may end."""

    def write(more: str = "") -> None:
        cluster.write("waits.py", WAITS.format(folder=str(tmp_path), more=more))

    return write


def token_of(cluster: Cluster, run: str, task_id: str) -> str:
    return cluster.live_attempt("waits", run, task_id).id


def test_runs_go_to_their_end_on_two_hosts(cluster: Cluster):
    cluster.start_host("w1", "worker")
    cluster.start_host("w2", "worker")
    cluster.write("many.py", MANY)
    cluster.wait_for_hosts("w1", "w2")
    names = [cluster.trigger("many") for _ in range(10)]
    assert [cluster.wait_for_run("many", name, 60) for name in names] == ["success"] * 10
    used = {cluster.ti("many", name, f"p{n}").hostname for name in names for n in range(4)}
    assert used == {"w1", "w2"}
    check(cluster.db)


def test_a_task_runs_on_a_host_of_its_queue(cluster: Cluster, tmp_path, waits):
    (tmp_path / "a.go").touch()
    (tmp_path / "b.go").touch()
    cluster.start_host("w1", "worker")
    cluster.start_host("w2", "worker", "--queues", "gpu", "--concurrency", "1")
    waits(', queue="gpu" if name == "a" else "other"')
    cluster.wait_for_hosts("w1", "w2")
    run = cluster.trigger("waits")
    assert cluster.wait_for_run("waits", run, 30) == "success"
    assert cluster.ti("waits", run, "a").hostname == "w2"
    assert cluster.ti("waits", run, "b").hostname == "w1"  # which takes what no host names


def test_a_doubled_and_a_forged_message_run_nothing(cluster: Cluster, app, tmp_path, waits):
    cluster.start_host("w1", "worker")
    waits()
    run = cluster.trigger("waits")
    wait_until((tmp_path / "a.began").exists, 30, "it runs")
    token = token_of(cluster, run, "a")
    for one in (token, token, uuid.uuid4().hex, "no token at all"):
        app.send_task(RUN_ATTEMPT, args=[one], queue="default")
    wait_until(lambda: executed(app) >= 4, 20, "the messages were taken")
    (tmp_path / "a.go").touch()
    (tmp_path / "b.go").touch()
    assert cluster.wait_for_run("waits", run, 30) == "success"
    assert (tmp_path / "a.began").read_text() == "x"
    check(cluster.db)


def executed(app) -> int:
    stats = app.control.inspect(timeout=2, limit=1).stats() or {}
    return sum(one["total"].get(RUN_ATTEMPT, 0) for one in stats.values())


@pytest.mark.parametrize("ring_again", [60.0])
def test_messages_that_were_purged_are_rung_again_as_soon_as_a_slot_is_free(
    cluster: Cluster, tmp_path, waits
):
    waits()
    run = cluster.trigger("waits")
    cluster.wait_for_state("waits", run, "a", "queued", seconds=30)
    (tmp_path / "a.go").touch()
    (tmp_path / "b.go").touch()
    with Connection(cluster.settings.broker_url) as connection:
        wait_until(lambda: messages(connection) >= 2, 10, "the messages are there")
        connection.channel().queue_purge("default")
    cluster.start_host("w1", "worker")
    assert cluster.wait_for_run("waits", run, 30) == "success"


def messages(connection: Connection) -> int:
    try:
        return connection.channel().queue_declare("default", passive=True).message_count
    except NotFound:  # nothing was published yet
        return 0


def test_what_a_full_host_does_not_take_goes_to_another(cluster: Cluster, tmp_path, waits):
    cluster.start_host("w1", "worker", "--concurrency", "1")
    waits()
    cluster.wait_for_hosts("w1")
    run = cluster.trigger("waits")
    wait_until(lambda: [*tmp_path.glob("*.began")], 20, "one runs")
    cluster.start_host("w2", "worker", "--concurrency", "1")
    wait_until(lambda: len([*tmp_path.glob("*.began")]) == 2, 20, "the other runs elsewhere")
    assert {cluster.ti("waits", run, name).hostname for name in "ab"} == {"w1", "w2"}
    (tmp_path / "a.go").touch()
    (tmp_path / "b.go").touch()
    assert cluster.wait_for_run("waits", run, 30) == "success"


def test_revoking_a_message_ends_its_attempt_before_and_while_it_runs(
    cluster: Cluster, app, tmp_path, waits
):
    cluster.start_host("w1", "worker", "--concurrency", "1")
    waits()
    cluster.wait_for_hosts("w1")
    run = cluster.trigger("waits")
    began = wait_until(lambda: [*tmp_path.glob("*.began")], 20, "one runs")[0].name[0]
    queued = "b" if began == "a" else "a"
    app.control.revoke(token_of(cluster, run, queued))
    cluster.wait_for_state("waits", run, queued, "failed", seconds=20)
    app.control.revoke(token_of(cluster, run, began), terminate=True)
    cluster.wait_for_state("waits", run, began, "failed", seconds=20)
    assert not (tmp_path / f"{queued}.began").exists()
    assert cluster.wait_for_run("waits", run, 20) == "failed"
    check(cluster.db)


def test_celery_s_time_limit_ends_the_attempt(cluster: Cluster, app, waits):
    cluster.start_host("w1", "worker")
    waits()
    cluster.wait_for_hosts("w1")
    wait_until(lambda: app.control.inspect(timeout=1, limit=1).ping(), 20, "it listens")
    answer = app.control.time_limit(RUN_ATTEMPT, soft=1, hard=1, reply=True, timeout=5, limit=1)
    assert "ok" in answer[0][node_name("w1")]
    run = cluster.trigger("waits")
    assert cluster.wait_for_run("waits", run, 30) == "failed"


def test_flower_and_remote_control_see_what_runs(cluster: Cluster, app, tmp_path, waits):
    cluster.start_host("w1", "worker", "--queues", "default,gpu")
    waits()
    cluster.wait_for_hosts("w1")
    run = cluster.trigger("waits")
    wait_until((tmp_path / "a.began").exists, 30, "it runs")
    inspect = app.control.inspect(timeout=3, limit=1)
    name = node_name("w1")
    assert inspect.ping() == {name: {"ok": "pong"}}
    running = {one["id"] for one in inspect.active()[name]}
    assert token_of(cluster, run, "a") in running
    queues = {one["name"] for one in inspect.active_queues()[name]}
    assert {"default", "gpu"} <= queues
    assert inspect.stats()[name]["pool"]["max-concurrency"] == cluster.settings.slots


def test_a_clean_stop_hands_back_what_does_not_end_in_time(cluster: Cluster, tmp_path, waits):
    cluster.start_host("w1", "worker")
    waits()
    run = cluster.trigger("waits")
    wait_until(lambda: len([*tmp_path.glob("*.began")]) == 2, 30, "both run")
    cluster.start_host("w2", "worker")
    cluster.wait_for_hosts("w2")
    (tmp_path / "a.go").touch()  # ends within the grace time
    assert cluster.stop_host("w1") == 0
    wait_until(lambda: (tmp_path / "b.began").read_text() == "xx", 5, "b began again")
    (tmp_path / "b.go").touch()
    assert cluster.wait_for_run("waits", run, 20) == "success"
    assert (tmp_path / "a.began").read_text() == "x"
    found = cluster.ti("waits", run, "b")
    assert (found.hostname, found.try_number, found.attempt_number) == ("w2", 1, 2)
    check(cluster.db)


def test_one_host_can_schedule_and_run(tmp_path, url, broker_url):
    options = {"executor": "celery", "broker_url": broker_url, "slots": 4}
    deployment = Deployment(tmp_path / "home", db_url=url, **options)
    try:
        deployment.start()
        deployment.write("many.py", MANY)
        run = deployment.trigger("many")
        assert deployment.wait_for_run("many", run, 30) == "success"
    finally:
        deployment.stop()
