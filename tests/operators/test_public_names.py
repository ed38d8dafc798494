"""Our names beside Airflow's: an author's attributes collide with none of them unreviewed."""

import datetime as dt

import pytest
from public_names import AIRFLOWS, OURS

from couture_operators import DAG, BaseOperator
from couture_operators.taskinstance import TaskInstance


@pytest.fixture
def objects(runtime):
    with DAG("d", start_date=dt.datetime(2024, 1, 1)) as dag:
        task = BaseOperator(task_id="t")
    ti = TaskInstance.of(task, {"dag_id": "d", "task_id": "t", "run_id": "r"}, runtime)
    return {"operator": task, "dag": dag, "ti": ti, "run": ti.dag_run}


@pytest.mark.parametrize("kind", OURS)
def test_the_public_names_are_the_reviewed_ones(objects, kind):
    found = objects[kind]
    public = {name for name in {*dir(type(found)), *vars(found)} if not name.startswith("_")}
    assert public == {*OURS[kind].split(), *AIRFLOWS[kind].split()}
