"""Hosts, agents and brokers that go away: what ran is ended, and starts again once."""

import os
import signal

import psutil
import pytest
from deployment import is_alive, wait_until
from invariants import check

from cluster import Cluster

pytestmark = pytest.mark.processes

#: a task that marks its begin, holds a lock while it lives, and ends when it may
SLOW = """
import fcntl, os, time
from pathlib import Path

def work():
    folder = Path({folder!r})
    lock = open(folder / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        (folder / "overlap").touch()
    (folder / "began").open("a").write(f"{{os.getpid()}}\\n")
    while not (folder / "go").exists():
        time.sleep(0.02)

with DAG("slow", schedule=None, start_date=START, is_paused_upon_creation=False):
    PythonOperator(task_id="work", python_callable=work)
"""


@pytest.fixture
def slow(cluster, tmp_path):
    """A run whose one task runs on w1; w2 stands by."""
    cluster.start_host("w1", "worker")
    cluster.write("slow.py", SLOW.format(folder=str(tmp_path)))
    run = cluster.trigger("slow")
    wait_until(lambda: begins(tmp_path), 30, "it runs")
    cluster.start_host("w2", "worker")
    cluster.wait_for_hosts("w1", "w2")
    return run


def begins(folder) -> list[int]:
    path = folder / "began"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def finish(cluster: Cluster, folder, run: str) -> None:
    (folder / "go").touch()
    assert cluster.wait_for_run("slow", run, 30) == "success"
    assert not (folder / "overlap").exists()
    check(cluster.db)


def test_a_killed_agent_s_attempt_starts_again_at_once(cluster: Cluster, slow, tmp_path):
    os.kill(cluster.pid_on("w1", "worker"), signal.SIGKILL)
    wait_until(lambda: len(begins(tmp_path)) == 2, 10, "it began again")
    finish(cluster, tmp_path, slow)


def test_a_killed_consumer_ends_nothing(cluster: Cluster, slow, tmp_path):
    consumer = cluster.pid_on("w1", "consumer")
    os.kill(consumer, signal.SIGKILL)
    wait_until(lambda: cluster.pid_on("w1", "consumer") not in (None, consumer), 10, "a new one")
    finish(cluster, tmp_path, slow)
    assert len(begins(tmp_path)) == 1


def test_another_host_takes_over_what_ran_on_one_that_died(cluster: Cluster, slow, tmp_path):
    cluster.kill_host("w1")
    wait_until(lambda: len(begins(tmp_path)) == 2, 20, "it began on the other host")
    finish(cluster, tmp_path, slow)
    found = cluster.ti("slow", slow, "work")
    assert (found.hostname, found.try_number, found.attempt_number) == ("w2", 1, 2)


def test_a_host_whose_agent_hangs_has_ended_its_tasks_before_others_start_them(
    cluster: Cluster, slow, tmp_path
):
    agent = cluster.pid_on("w1", "worker")
    [first] = begins(tmp_path)
    os.kill(agent, signal.SIGSTOP)
    wait_until(lambda: not is_alive(first), 8, "the first attempt was ended on its host")
    assert len(begins(tmp_path)) == 1
    wait_until(lambda: len(begins(tmp_path)) == 2, 20, "it began on the other host")
    os.kill(agent, signal.SIGCONT)
    finish(cluster, tmp_path, slow)
    assert cluster.ti("slow", slow, "work").hostname == "w2"
    cluster.wait_for_hosts("w1")  # it has begun a new epoch, and takes work again


@pytest.mark.parametrize(("lease", "ring_again"), [(60.0, 60.0)])
def test_orders_for_a_host_whose_agent_hangs_go_to_others(cluster: Cluster, slow, tmp_path):
    (tmp_path / "go").touch()
    assert cluster.wait_for_run("slow", slow, 30) == "success"
    agent = cluster.pid_on("w1", "worker")
    os.kill(agent, signal.SIGSTOP)
    try:
        runs = [cluster.trigger("slow") for _ in range(6)]
        assert {cluster.wait_for_run("slow", run, 20) for run in runs} == {"success"}
    finally:
        os.kill(agent, signal.SIGCONT)
    assert {cluster.ti("slow", run, "work").hostname for run in runs} == {"w2"}


def test_a_broker_that_was_killed_and_comes_back_loses_nothing(
    cluster: Cluster, broker, slow, tmp_path
):
    before = {name: cluster.pid_on(name, "worker") for name in ("w1", "w2")}
    broker.kill(signal.SIGKILL)
    try:
        again = cluster.trigger("slow")
        cluster.wait_for_state("slow", again, "work", "queued")
    finally:
        broker.start()
    wait_until(lambda: len(begins(tmp_path)) == 2, 30, "what was queued meanwhile runs")
    (tmp_path / "go").touch()
    assert cluster.wait_for_run("slow", again, 30) == "success"
    assert cluster.wait_for_run("slow", slow, 30) == "success"
    assert {name: cluster.pid_on(name, "worker") for name in before} == before
    assert cluster.ti("slow", slow, "work").attempt_number == 1
    check(cluster.db)


@pytest.mark.parametrize("lease", [60.0])  # a server may take more than 3 s to come back
def test_a_database_that_is_away_for_a_while_ends_nothing(cluster: Cluster, server, slow, tmp_path):
    before = {name: cluster.pid_on("w1", name) for name in ("worker", "consumer")}
    server.kill(signal.SIGKILL)
    server.start()
    finish(cluster, tmp_path, slow)
    assert len(begins(tmp_path)) == 1
    assert {name: cluster.pid_on("w1", name) for name in before} == before


def test_no_process_stays_behind(cluster: Cluster, slow, tmp_path):
    (tmp_path / "go").touch()
    assert cluster.wait_for_run("slow", slow, 30) == "success"
    processes = cluster.processes()
    for name in ("w1", "w2", "s1"):
        assert cluster.stop_host(name) == 0
    _, alive = psutil.wait_procs(processes, 5)
    assert alive == []


def test_two_machines_with_one_name_do_not_end_each_other_s_work(cluster: Cluster, slow, tmp_path):
    cluster.stop_host("w2")
    log = tmp_path / "home" / "twin.log"
    cluster.start_host(
        "twin", "worker", COUTURE_HOST_NAME="w1", COUTURE_RUN_FOLDER=str(tmp_path / "run-twin")
    )
    wait_until(lambda: "Another machine works as host 'w1'" in log.read_text(), 30, "it says so")
    assert is_alive(begins(tmp_path)[0])
    finish(cluster, tmp_path, slow)
    assert cluster.wait_for_run("slow", cluster.trigger("slow"), 30) == "success"
    assert len(begins(tmp_path)) == 2
    cluster.stop_host("w1")
    assert cluster.wait_for_run("slow", cluster.trigger("slow"), 30) == "success"
