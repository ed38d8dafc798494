"""Mapped tasks, groups, setups and waiting without a process, with real scheduler and agent."""

import pytest
from deployment import Deployment

from couture_scheduler.store import lists, runs

pytestmark = pytest.mark.processes


def states(running: Deployment, dag_id: str, run_id: str) -> dict[tuple[str, int], str]:
    with running.db.read() as tx:
        rows = runs.list_tis(tx, runs.get_run(tx, dag_id, run_id).id)
    return {(row.task_id, row.map_index): row.state for row in rows}


def test_a_list_becomes_as_many_tasks_and_their_values_come_together(running: Deployment):
    running.write(
        "mapped.py",
        """
        from couture_operators.decorators import dag, task, task_group

        @dag(schedule=None, start_date=START, is_paused_upon_creation=False)
        def mapped():
            @task
            def numbers():
                return [1, 2, 3]

            @task
            def double(x):
                return 2 * x

            @task
            def add(x, y):
                return x + y

            @task_group
            def chain(x):
                return add(double(x), 1)

            @task
            def check(values):
                assert sorted(values) == [3, 5, 7], values

            check(chain.expand(x=numbers()))

        mapped()
        """,
    )
    run = running.trigger("mapped")
    assert running.wait_for_run("mapped", run) == "success"
    found = states(running, "mapped", run)
    assert {key for key in found if key[0] == "chain.double"} == {
        ("chain.double", number) for number in range(3)
    }


def test_a_deferred_sensor_holds_no_process_and_goes_on_as_the_same_try(running: Deployment):
    running.write(
        "waiting.py",
        """
        from couture_operators.triggers.temporal import TimeDeltaTrigger

        class Wait(BashOperator):
            def execute(self, context):
                print("first part, try", context["ti"].try_number)
                self.defer(trigger=TimeDeltaTrigger(timedelta(seconds=1)), method_name="later",
                           kwargs={"what": "kept"})

            def later(self, context, event, what):
                print("second part, try", context["ti"].try_number, what)

        with DAG("waiting", schedule=None, start_date=START, is_paused_upon_creation=False):
            Wait(task_id="wait", bash_command="true")
        """,
    )
    run = running.trigger("waiting")
    assert running.wait_for_run("waiting", run) == "success"
    log = running.log("waiting", run, "wait")
    assert "first part, try 1" in log.split("second part, try 1 kept")[0]
    with running.db.read() as tx:
        row = lists.find_task_instance(tx, "waiting", run, "wait", -1)
        made = [one.state for one in lists.list_attempts(tx, row.id)]
    assert (made, row.try_number) == (["deferred", "success"], 1)


def test_a_deferral_beyond_its_timeout_fails_the_task(running: Deployment):
    running.write(
        "late.py",
        """
        from couture_operators.triggers.temporal import TimeDeltaTrigger

        class Wait(BashOperator):
            def execute(self, context):
                self.defer(trigger=TimeDeltaTrigger(timedelta(hours=1)), method_name="later",
                           timeout=timedelta(seconds=1))

            def later(self, context, event):
                raise AssertionError("it was not to come to this")

        with DAG("late", schedule=None, start_date=START, is_paused_upon_creation=False):
            Wait(task_id="wait", bash_command="true")
        """,
    )
    run = running.trigger("late")
    assert running.wait_for_run("late", run) == "failed"
    assert "timeout of 1 s" in running.log("late", run, "wait")


def test_a_teardown_runs_though_the_work_failed(running: Deployment):
    running.write(
        "torn.py",
        """
        with DAG("torn", schedule=None, start_date=START, is_paused_upon_creation=False):
            setup = BashOperator(task_id="setup", bash_command="true").as_setup()
            work = BashOperator(task_id="work", bash_command="false")
            end = BashOperator(task_id="end", bash_command="true").as_teardown(setups=setup)
            setup >> work >> end
        """,
    )
    run = running.trigger("torn")
    assert running.wait_for_run("torn", run) == "failed"
    assert states(running, "torn", run) == {
        ("setup", -1): "success", ("work", -1): "failed", ("end", -1): "success",
    }  # fmt: skip
