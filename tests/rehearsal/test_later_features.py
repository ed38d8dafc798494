"""`dag.test()` with what Airflow 2 brought: mapping, deferral, setup and teardown."""

import datetime as dt
import time

from airflow.decorators import dag, task
from airflow.sensors.time_delta import TimeDeltaSensorAsync

from couture_operators import DAG, PythonOperator
from couture_scheduler.rehearsal.in_process import run_dag


def states(run):
    return {ti.name: ti.state for ti in run.get_task_instances()}


def test_mapped_tasks_run_once_for_each_value():
    @dag(dag_id="mapped", schedule=None, start_date=dt.datetime(2024, 1, 1))
    def build():
        @task
        def numbers():
            return [1, 2, 3]

        @task
        def double(n):
            return 2 * n

        @task
        def add(values):
            return sum(values)

        add(double.expand(n=numbers()))

    run = run_dag(build())
    assert run.state == "success"
    found = states(run)
    assert [found[f"double[{index}]"] for index in range(3)] == ["success"] * 3
    total = run.get_task_instance("add")
    assert total is not None and total.xcom_pull() == 12


def test_a_deferred_task_goes_on_at_once():
    with DAG("deferred", schedule="@daily", start_date=dt.datetime(2024, 1, 1)) as found:
        TimeDeltaSensorAsync(task_id="wait", delta=dt.timedelta(days=3))
    began = time.monotonic()
    assert run_dag(found).state == "success"
    assert time.monotonic() - began < 10


def test_a_teardown_runs_after_a_failure():
    ran = []

    def fail():
        raise ValueError("no")

    with DAG("torn") as found:
        begin = PythonOperator(task_id="begin", python_callable=int).as_setup()
        work = PythonOperator(task_id="work", python_callable=fail, retries=0)
        end = PythonOperator(task_id="end", python_callable=lambda: ran.append("end"))
        begin >> work >> end.as_teardown(setups=begin)
    run = run_dag(found)
    assert (run.state, ran, states(run)["end"]) == ("failed", ["end"], "success")
