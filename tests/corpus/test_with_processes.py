"""The examples that need runs of other DAGs, with a real scheduler and a real agent."""

import shutil

import pytest
from deployment import Deployment, wait_until
from sqlalchemy import select

from couture_scheduler.db.tables import dag_run
from couture_scheduler.store import dags, runs

pytestmark = pytest.mark.processes

VERSIONS = ["1.10.15/main", "2.10.5/main"]


@pytest.fixture
def home(folders, tmp_path):
    """Make a deployment whose DAG folder holds these examples, with all their DAGs on."""
    started = []

    def start(version, *names):
        deployment = Deployment(tmp_path / "home")
        started.append(deployment)
        for name in names:
            source = folders[version] / "example_dags" / name
            target = deployment.settings.dags_path / "example_dags" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        return deployment.start()

    yield start
    for deployment in started:
        deployment.stop()


def switch_on(deployment, *dag_ids):
    for dag_id in dag_ids:
        deployment.wait_for_dag(dag_id)
        with deployment.db.write() as tx:
            dags.set_paused(tx, dag_id, False)


def states(deployment, dag_id, run_id):
    with deployment.db.read() as tx:
        rows = runs.list_tis(tx, runs.get_run(tx, dag_id, run_id).id)
    return {row.task_id: str(row.state) for row in rows}


def runs_of(deployment, dag_id):
    with deployment.db.read() as tx:
        return tx.rows(select(dag_run).where(dag_run.c.dag_id == dag_id))


def the_only_run(deployment, dag_id):
    """Wait for a DAG's run to end."""

    def over():
        found = runs_of(deployment, dag_id)
        return found if found and str(found[0].state) in ("success", "failed") else None

    (run,) = wait_until(over, 60, f"a run of {dag_id} ended")
    return run


@pytest.mark.parametrize("version", VERSIONS)
def test_subdags_run_as_dags_of_their_own_at_the_same_date(home, version):
    deployment = home(version, "__init__.py", "example_subdag_operator.py", "subdags")
    dag_id = "example_subdag_operator"
    switch_on(deployment, dag_id)
    run = the_only_run(deployment, dag_id)
    assert str(run.state) == "success"
    assert set(states(deployment, dag_id, run.run_id).values()) == {"success"}
    for child in ("section-1", "section-2"):
        (below,) = runs_of(deployment, f"{dag_id}.{child}")
        assert str(below.state) == "success"
        assert below.logical_date == run.logical_date
        assert len(states(deployment, below.dag_id, below.run_id)) == 5


@pytest.mark.parametrize("version", VERSIONS)
def test_the_controller_starts_the_target_with_its_message(home, version):
    deployment = home(version, "example_trigger_controller_dag.py", "example_trigger_target_dag.py")
    switch_on(deployment, "example_trigger_target_dag", "example_trigger_controller_dag")
    assert str(the_only_run(deployment, "example_trigger_controller_dag").state) == "success"
    target = the_only_run(deployment, "example_trigger_target_dag")
    assert str(target.state) == "success"
    assert target.conf == {"message": "Hello World"}
    assert "Hello World" in deployment.log(target.dag_id, target.run_id, "bash_task")


def test_a_sensor_goes_on_when_the_other_dags_task_of_its_date_is_over(home):
    deployment = home("1.10.15/main", "example_external_task_marker_dag.py")
    parent, child = (f"example_external_task_marker_{name}" for name in ("parent", "child"))
    switch_on(deployment, parent, child)
    done = deployment.trigger(parent)
    assert deployment.wait_for_run(parent, done, 30) == "success"
    waiting = deployment.trigger(child)
    deployment.wait_for_state(child, waiting, "child_task1", "up_for_reschedule")
    assert states(deployment, child, waiting)["child_task2"] == "none"


@pytest.mark.parametrize("version", VERSIONS)
def test_parameters_for_a_trial_are_not_asked_for_in_a_real_run(home, version):
    dag_id = "example_passing_params_via_test_command"
    deployment = home(version, f"{dag_id}.py")
    switch_on(deployment, dag_id)
    run_id = deployment.trigger(dag_id)
    assert deployment.wait_for_run(dag_id, run_id, 30) == "success"
