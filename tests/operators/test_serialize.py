import datetime as dt
import json
import random

import pytest

from couture_operators import DAG, CoutureJupyterOperator, EmptyOperator, Param
from couture_operators.exceptions import DagDefinitionError
from couture_operators.serialize import dag_to_dict


def test_the_stored_form_is_plain_json_with_all_that_was_stated():
    dag = DAG(
        "d",
        schedule=dt.timedelta(hours=1),
        start_date=dt.datetime(2024, 1, 1),
        params={"n": Param(3, "how many", type="integer"), "name": "x"},
        dagrun_timeout=60,
        couture={"notebook": {"path": "a.ipynb"}},
    )
    with dag:
        CoutureJupyterOperator(
            task_id="nb", input_nb="a.ipynb", retry_delay=30, on_failure_callback=print, sla=60
        )
    stored = dag_to_dict(dag)
    assert json.loads(json.dumps(stored)) == stored
    assert stored["schedule"] == {"type": "interval", "seconds": 3600.0}
    assert stored["schedule_text"] == "1 hour"
    assert stored["start_date"] == "2024-01-01T00:00:00+00:00"
    assert stored["catchup"] is None
    assert stored["dagrun_timeout"] == 60.0
    assert stored["notebook"] == {"path": "a.ipynb"}
    assert stored["params"]["n"] == {
        "value": 3, "description": "how many", "schema": {"type": "integer"},
    }  # fmt: skip
    (task,) = stored["tasks"]
    assert task["operator"] == "CoutureJupyterOperator"
    assert (task["kind"], task["flavour"]) == ("notebook", "notebook")
    assert (task["retry_delay"], task["sla"]) == (30.0, 60.0)
    assert task["callbacks"] == ["on_failure_callback"]
    assert task["pool"] == "default_pool"


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), dt.datetime(2024, 1, 1), object()])
def test_what_is_no_json_is_named(value):
    with pytest.raises(DagDefinitionError, match=r"DAG 'd': params\['x'\] must be plain JSON"):
        dag_to_dict(DAG("d", params={"x": value}))


def test_lines_are_those_of_the_dag_file():
    with DAG("d") as dag:
        EmptyOperator(task_id="a")
        EmptyOperator(task_id="b")
    first, second = (task["line"] for task in dag_to_dict(dag)["tasks"])
    assert second == first + 1
    assert dag._defined_line == first - 1


def test_total_weights_are_the_sums_over_relatives():
    dice = random.Random(7)
    with DAG("d") as dag:
        tasks = [
            EmptyOperator(
                task_id=f"t{n}",
                priority_weight=dice.randint(1, 9),
                weight_rule=dice.choice(["downstream", "upstream", "absolute"]),
            )
            for n in range(30)
        ]
        for n, task in enumerate(tasks):
            for other in dice.sample(tasks[n + 1 :], min(2, len(tasks) - n - 1)):
                task >> other
    for stored in dag_to_dict(dag)["tasks"]:
        task = dag.get_task(stored["task_id"])
        relatives = set()
        if task.weight_rule != "absolute":
            relatives = task.get_flat_relative_ids(upstream=task.weight_rule == "upstream")
        expected = task.priority_weight + sum(
            dag.get_task(near).priority_weight for near in relatives
        )
        assert stored["weight"] == expected
