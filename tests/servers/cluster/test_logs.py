"""Logs of hosts that share no disk with the service."""

import shutil
from copy import copy

import pytest
from deployment import wait_until

from cluster import Cluster
from couture_scheduler.errors import Away
from couture_scheduler.services.logs import read_log
from couture_scheduler.services.roles import local_admin
from couture_scheduler.services.workflow import Call, open_workflow

pytestmark = pytest.mark.processes

TALKS = """
import time
from pathlib import Path

def talk():
    print("the first line", flush=True)
    while not Path({go!r}).exists():
        time.sleep(0.02)
    print("the last line", flush=True)

with DAG("talks", schedule=None, start_date=START, is_paused_upon_creation=False):
    PythonOperator(task_id="talk", python_callable=talk)
"""


@pytest.fixture
def elsewhere(cluster: Cluster, tmp_path):
    """A worker host with a disk of its own: it has the configuration and the key, nothing else."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    for name in ("couture_config.py", "secret.key"):
        wait_until((tmp_path / "home" / name).exists, 20, f"{name} was made")
        shutil.copy(tmp_path / "home" / name, home)
    cluster.start_host("w1", "worker", home=home)
    cluster.wait_for_hosts("w1")
    return home


@pytest.fixture
def read(cluster: Cluster, line_url: str):
    """Reads the log of the one task from an offset, as the API does; the service asks over `line`."""
    settings = copy(cluster.settings)
    settings.broker_url = line_url
    workflow = open_workflow(settings)
    call = Call(workflow, local_admin("test"))

    def read_it(run: str, offset: int = 0):
        with workflow.db.read() as tx:
            return read_log.function(tx, call, "talks", run, "talk", -1, 1, offset)

    yield read_it
    workflow.close()


def test_a_log_is_read_on_its_host_while_it_grows(
    cluster: Cluster, elsewhere, read, line, tmp_path
):
    cluster.write("talks.py", TALKS.format(go=str(tmp_path / "go")))
    run = cluster.trigger("talks")
    wait_until(lambda: "the first line" in read(run).text, 30, "it is seen while the task runs")
    first = read(run)
    assert not first.end
    line.reset()  # as the broker does with a connection that was idle for a while
    assert read(run).text == first.text
    (tmp_path / "go").touch()
    assert cluster.wait_for_run("talks", run, 30) == "success"
    rest = wait_until(lambda: (got := read(run, first.next_offset)).end and got, 10, "the end")
    assert "the last line" in rest.text
    assert "the first line" not in rest.text
    assert not list((tmp_path / "home" / "logs").rglob("1.log"))

    cluster.stop_host("w1")
    with pytest.raises(Away, match="host w1"):
        read(run)
