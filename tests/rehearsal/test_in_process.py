"""`dag.test()`: one process, no scheduler, no agent."""

import datetime as dt
import os
import time

import pytest

from couture_operators import DAG, BashOperator, PythonOperator
from couture_operators.exceptions import AirflowFailException, AirflowSkipException
from couture_operators.operators.python import BranchPythonOperator
from couture_operators.sensors.base import BaseSensorOperator
from couture_scheduler.errors import Invalid
from couture_scheduler.rehearsal.in_process import run_dag
from couture_scheduler.rehearsal.values import Values

UTC = dt.UTC


def python(name, function, **options):
    return PythonOperator(task_id=name, python_callable=function, **options)


def one(run, task_id):
    found = run.get_task_instance(task_id)
    assert found is not None
    return found


def states(run):
    return {ti.name: ti.state for ti in run.get_task_instances()}


def test_tasks_run_in_the_order_of_their_dependencies_in_this_process():
    ran = []
    with DAG("d", schedule="@daily") as dag:
        tasks = [python(name, lambda name=name: ran.append((name, os.getpid()))) for name in "cab"]
        tasks[1] >> tasks[2] >> tasks[0]
    run = run_dag(dag)
    assert run.state == "success"
    assert ran == [(name, os.getpid()) for name in "abc"]


def test_xcoms_go_from_task_to_task_and_can_be_read_afterwards():
    with DAG("d") as dag:
        first = python("first", lambda: {"n": 20})
        second = python("second", lambda ti: ti.xcom_pull(task_ids="first")["n"] + 1)
        first >> second
    run = run_dag(dag)
    assert one(run, "second").xcom_pull() == 21


def test_the_logical_date_and_the_conf_are_the_runs():
    seen = {}

    def look(ds, dag_run, data_interval_start, test_mode):
        seen.update(ds=ds, conf=dag_run.conf, start=data_interval_start, test_mode=test_mode)

    with DAG("d", schedule="0 2 * * *", start_date=dt.datetime(2024, 1, 1)) as dag:
        python("look", look)
    run = run_dag(dag, dt.datetime(2024, 5, 5, 3, tzinfo=UTC), {"who": "me"})
    assert run.logical_date == dt.datetime(2024, 5, 5, 3, tzinfo=UTC)
    assert (seen["ds"], seen["conf"], seen["test_mode"]) == ("2024-05-05", {"who": "me"}, True)
    assert seen["start"] == dt.datetime(2024, 5, 4, 2, tzinfo=UTC)


def test_trigger_rules_and_skips_are_those_of_the_scheduler():
    def skip():
        raise AirflowSkipException("not today")

    def fail():
        raise AirflowFailException("no")

    with DAG("d") as dag:
        skipped, failed = python("skipped", skip), python("failed", fail)
        skipped >> python("below_skipped", int)
        failed >> python("below_failed", int)
        failed >> python("all_the_same", int, trigger_rule="all_done")
    run = run_dag(dag)
    assert run.state == "failed"
    assert states(run) == {
        "skipped": "skipped",
        "failed": "failed",
        "below_skipped": "skipped",
        "below_failed": "upstream_failed",
        "all_the_same": "success",
    }


def test_a_branch_skips_what_it_does_not_choose():
    with DAG("d") as dag:
        branch = BranchPythonOperator(task_id="branch", python_callable=lambda: "left")
        branch >> [python("left", int), python("right", int)]
    assert states(run_dag(dag)) == {"branch": "success", "left": "success", "right": "skipped"}


def test_retries_do_not_wait_for_their_delay():
    tries = []

    def second_time_lucky():
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("again")

    with DAG("d") as dag:
        python("a", second_time_lucky, retries=3, retry_delay=dt.timedelta(hours=5))
    began = time.monotonic()
    run = run_dag(dag)
    assert (run.state, len(tries), one(run, "a").try_number) == ("success", 3, 3)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("mode", ["poke", "reschedule"])
def test_sensors_are_polled_without_their_long_sleeps(mode):
    pokes = []

    class Third(BaseSensorOperator):
        def poke(self, context):
            pokes.append(1)
            return len(pokes) == 3

    with DAG("d") as dag:
        Third(task_id="wait", mode=mode, poke_interval=600)
    began = time.monotonic()
    assert run_dag(dag).state == "success"
    assert len(pokes) == 3 and time.monotonic() - began < 5


@pytest.mark.parametrize("mode", ["poke", "reschedule"])
def test_a_sensor_that_never_sees_it_times_out_at_once(mode):
    class Never(BaseSensorOperator):
        def poke(self, context):
            return False

    with DAG("d") as dag:
        Never(task_id="wait", mode=mode, poke_interval=600, timeout=3600, retries=0)
    began = time.monotonic()
    assert run_dag(dag).state == "failed"
    assert time.monotonic() - began < 5


def test_variables_and_connections_come_from_files_and_the_environment(tmp_path):
    variables, connections = tmp_path / "v.json", tmp_path / "c.yaml"
    variables.write_text('{"a": "1", "nested": {"x": 2}}')
    connections.write_text("db: postgresql://me:secret@host:5432/sales\n")
    seen = {}

    def look():
        from couture_operators import Variable
        from couture_operators.connection import BaseHook

        seen["a"] = Variable.get("a")
        seen["nested"] = Variable.get("nested", deserialize_json=True)
        seen["env"] = Variable.get("from_env")
        seen["host"] = BaseHook.get_connection("db").host
        seen["port"] = BaseHook.get_connection("other").port
        Variable.set("a", "2")
        seen["after"] = Variable.get("a")

    with DAG("d") as dag:
        python("look", look)
    environment = {"AIRFLOW_VAR_FROM_ENV": "e", "COUTURE_CONN_OTHER": "http://h:81/"}
    values = Values(str(variables), str(connections), environment=environment)
    assert run_dag(dag, values=values).state == "success"
    expected = {"a": "1", "nested": {"x": 2}, "env": "e", "host": "host", "port": 81, "after": "2"}
    assert seen == expected


def test_a_conf_that_does_not_suit_the_params_is_refused():
    from couture_operators.params import Param

    with DAG("d", params={"n": Param(1, type="integer")}) as dag:
        python("a", int)
    with pytest.raises(Invalid, match="'n'"):
        run_dag(dag, conf={"n": "many"})


def test_tasks_that_match_the_pattern_count_as_run():
    ran = []
    with DAG("d") as dag:
        python("wait_for_it", lambda: ran.append("wait")) >> python("a", lambda: ran.append("a"))
    assert run_dag(dag, mark_success="wait_.*").state == "success"
    assert ran == ["a"]


def test_one_task_runs_alone_whatever_is_above_it():
    ran = []
    with DAG("d") as dag:
        python("a", lambda: ran.append("a")) >> python("b", lambda: ran.append("b"))
    assert states(run_dag(dag, only="b")) == {"b": "success"}
    assert ran == ["b"]


def test_the_dags_callbacks_are_called():
    called = []
    with DAG("d", on_success_callback=lambda context: called.append(context["run_id"])) as dag:
        python("a", int)
    assert called == [run_dag(dag).run_id]


def test_the_process_is_left_as_it_was():
    with DAG("d") as dag:
        python("a", lambda: os.environ.update(LEFT_BEHIND="1"))
    before = dict(os.environ)
    run_dag(dag)
    assert dict(os.environ) == before


def test_the_states_are_printed(capsys):
    with DAG("d") as dag:
        BashOperator(task_id="a", bash_command="exit 3", retries=0)
    run_dag(dag)
    out = capsys.readouterr().out
    assert "a (try 1 of 1)" in out and "failed" in out and "exited with code 3" in out


def test_ctrl_c_ends_the_test():
    def stop():
        raise KeyboardInterrupt

    with DAG("d") as dag:
        python("a", stop)
    with pytest.raises(KeyboardInterrupt):
        run_dag(dag)
