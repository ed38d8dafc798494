"""A DAG of DAGs: children are started under a condition, awaited, and must be on."""

import pytest
from deployment import Deployment

from couture_scheduler.services.child_runs import find_child
from couture_scheduler.services.roles import local_admin

pytestmark = pytest.mark.processes

MASTER = """
from airflow import DAG
from airflow.operators.dag_operator import DagOperator
from airflow.operators.python_operator import PythonOperator
from datetime import datetime

START = {"start_date": datetime(2026, 11, 1), "schedule_interval": None}

def conditionally_trigger(context, dag_run_obj):
    if context["params"]["condition_param"]:
        dag_run_obj.payload = {"message": context["params"]["message"]}
        return dag_run_obj

def work(dag_run):
    print("told:", dag_run.conf["message"])
    assert dag_run.conf["message"] != "fail"

def child(name, on):
    with DAG(name, is_paused_upon_creation=not on, **START) as dag:
        PythonOperator(task_id="work", python_callable=work)
    return dag

child_on, child_off = child("child_on", True), child("child_off", False)

with DAG("master", is_paused_upon_creation=False, **START) as dag:
    def start(task_id, run_dag_id="child_on", condition=True, message="Hii there!!", **options):
        return DagOperator(
            task_id=task_id, run_dag_id=run_dag_id, python_callable=conditionally_trigger,
            params={"condition_param": condition, "message": message}, **options,
        )
    start("fire_and_forget")
    start("condition_not_met", condition=False)
    start("awaited", wait_for_completion=True, poke_interval=0.2)
    start("awaited_failure", message="fail", wait_for_completion=True, poke_interval=0.2)
    start("child_is_off", "child_off")
    start("no_such_child", "nowhere")
"""


def test_children_are_started_awaited_and_must_be_on(running: Deployment):
    running.write("master.py", MASTER, header="")
    run = running.trigger("master")
    assert running.wait_for_run("master", run, 40) == "failed"
    found = {
        name: running.ti("master", run, name)
        for name in (
            *("fire_and_forget", "condition_not_met", "awaited"),
            *("awaited_failure", "child_is_off", "no_such_child"),
        )
    }
    assert {name: str(row.state) for name, row in found.items()} == {
        "fire_and_forget": "success",
        "condition_not_met": "success",
        "awaited": "success",
        "awaited_failure": "failed",
        "child_is_off": "failed",
        "no_such_child": "failed",
    }
    assert found["awaited"].try_number == 1
    assert "of DAG child_on is failed" in found["awaited_failure"].reason
    assert "DAG 'child_off' is off; switch it on" in found["child_is_off"].reason
    assert "There is no DAG 'nowhere'" in found["no_such_child"].reason
    assert child_of(running, found["awaited_failure"]) == ("child_on", "failed")
    assert child_of(running, found["condition_not_met"]) is None


def child_of(running: Deployment, instance):
    actor = local_admin("cli")
    with running.db.read() as tx:
        child = find_child(tx, actor, instance)
    return child and (child.dag_id, child.state)
