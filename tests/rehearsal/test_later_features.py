"""`dag.test()` with what Airflow 2 brought: mapping, deferral, setup and teardown."""

import datetime as dt
import time

from airflow.decorators import dag, task
from airflow.sensors.time_delta import TimeDeltaSensorAsync

from couture_operators import DAG, BashOperator, EmptyOperator, PythonOperator
from couture_operators.operators.dag import DagOperator
from couture_operators.operators.subdag import SubDagOperator
from couture_operators.operators.trigger_dagrun import TriggerDagRunOperator
from couture_operators.timetables import DagRunInfo, DataInterval, Timetable
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


def test_fail_stop_skips_what_was_queued_at_the_first_failure():
    with DAG("stopped", start_date=dt.datetime(2024, 1, 1), schedule=None, fail_stop=True) as found:
        BashOperator(task_id="f", bash_command="exit 1")
        BashOperator(task_id="s1", bash_command="echo")
    run = run_dag(found)
    assert (run.state, states(run)) == ("failed", {"f": "failed", "s1": "skipped"})


def test_runs_of_other_dags_are_announced_and_who_waits_for_them_goes_on():
    with DAG("master", start_date=dt.datetime(2024, 1, 1), schedule=None) as found:
        TriggerDagRunOperator(task_id="a", trigger_dag_id="b", wait_for_completion=True)
        DagOperator(task_id="c", run_dag_id="d", wait_for_completion=True)
        child = DAG("master.e", start_date=dt.datetime(2024, 1, 1), schedule=None)
        EmptyOperator(task_id="x", dag=child)
        SubDagOperator(task_id="e", subdag=child)
    assert (found.subdags, child.is_subdag, child.parent_dag) == ([child], True, found)
    run = run_dag(found)
    assert states(run) == {"a": "success", "c": "success", "e": "success"}


class SevenHours(Timetable):
    def infer_manual_data_interval(self, run_after):
        return DataInterval(start=run_after.start_of("day"), end=run_after)

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        last = last_automated_data_interval
        begin = restriction.earliest if last is None else last.end
        return begin and DagRunInfo.interval(start=begin, end=begin.add(hours=7))


def test_a_timetable_of_the_authors_says_what_the_run_covers():
    with DAG("own", start_date=dt.datetime(2024, 1, 1), schedule=SevenHours()) as found:
        PythonOperator(
            task_id="t", python_callable=lambda **context: str(context["data_interval_start"])
        )
    run = run_dag(found, dt.datetime(2024, 1, 2, 5, tzinfo=dt.UTC))
    assert run.get_task_instance("t").xcom_pull() == "2024-01-02T00:00:00+00:00"
