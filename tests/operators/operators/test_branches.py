"""Branches by time and day, the latest run, and what is skipped."""

import datetime as dt

import pendulum
import pytest

from couture_operators import (
    DAG,
    BranchPythonOperator,
    EmptyOperator,
    PythonOperator,
    ShortCircuitOperator,
)
from couture_operators.exceptions import DagDefinitionError
from couture_operators.operators.branch import BaseBranchOperator, SkipMixin
from couture_operators.operators.datetime import BranchDateTimeOperator, BranchDayOfWeekOperator
from couture_operators.operators.latest_only import LatestOnlyOperator
from couture_operators.operators.weekday import WeekDay
from couture_operators.taskgroup import TaskGroup

ENDS = {"follow_task_ids_if_true": "yes", "follow_task_ids_if_false": ["no"]}


def branch(kind, zone="UTC", schedule=None, **kwargs):
    with DAG("d", schedule=schedule, start_date=pendulum.datetime(2024, 1, 1, tz=zone)):
        task = kind(task_id="t", **kwargs)
        task >> [EmptyOperator(task_id="yes"), EmptyOperator(task_id="no")]
    return task


def followed(run, task, **changes):
    (skipped,) = run(task, **changes).skip_downstream
    return {"yes": "no", "no": "yes"}[skipped]


DAY = dt.datetime(2024, 1, 3)


@pytest.mark.parametrize(
    ("lower", "upper", "way"),
    [
        (DAY.replace(hour=11), DAY.replace(hour=13), "yes"),
        (DAY.replace(hour=13), DAY.replace(hour=14), "no"),
        (None, DAY.replace(hour=13), "yes"),
        (DAY.replace(hour=13), None, "no"),
        (dt.time(11), dt.time(13), "yes"),
        (dt.time(13), dt.time(14), "no"),
        (dt.time(11), dt.time(3), "yes"),  # until three in the next night
    ],
)
def test_the_present_lies_between_two_moments_or_times(run, clock, lower, upper, way):
    task = branch(BranchDateTimeOperator, target_lower=lower, target_upper=upper, **ENDS)
    assert followed(run, task) == way


def test_times_without_a_zone_are_in_the_dags(run, clock):
    times = {"target_lower": dt.time(12, 30), "target_upper": dt.time(13, 30)}
    assert followed(run, branch(BranchDateTimeOperator, "Europe/Berlin", **times, **ENDS)) == "yes"
    assert followed(run, branch(BranchDateTimeOperator, "UTC", **times, **ENDS)) == "no"


def test_the_logical_date_may_be_compared_instead(run, clock):
    options = {"target_lower": DAY, "target_upper": None, "use_task_logical_date": True}
    assert followed(run, branch(BranchDateTimeOperator, **options, **ENDS)) == "no"
    with pytest.raises(DagDefinitionError, match="state target_lower"):
        branch(BranchDateTimeOperator, target_lower=None, target_upper=None, **ENDS)


@pytest.mark.parametrize(
    ("day", "logical", "way"),
    [
        ("Wednesday", False, "yes"),
        ("Tuesday", False, "no"),
        ("Tuesday", True, "yes"),
        ({WeekDay.SATURDAY, WeekDay.WEDNESDAY}, False, "yes"),
    ],
)
def test_the_day_of_the_week_chooses(run, clock, day, logical, way):
    task = branch(BranchDayOfWeekOperator, week_day=day, use_task_logical_date=logical, **ENDS)
    assert followed(run, task) == way


@pytest.mark.parametrize(
    ("end", "manual", "skipped"),
    [
        ("2024-01-03T00:00:00+00:00", False, []),
        ("2024-01-02T00:00:00+00:00", False, ["yes", "no"]),
        ("2024-01-02T00:00:00+00:00", True, []),
    ],
)
def test_only_the_latest_scheduled_run_goes_on(run, clock, end, manual, skipped):
    task = branch(LatestOnlyOperator, schedule="@daily")
    outcome = run(task, data_interval_end=end, external_trigger=manual)
    assert outcome.skip_downstream == skipped


def test_the_id_of_a_group_stands_for_its_first_tasks(run):
    with DAG("d"):
        task = BranchPythonOperator(task_id="t", python_callable=lambda: "g")
        with TaskGroup("g") as group:
            EmptyOperator(task_id="a") >> EmptyOperator(task_id="b")
        task >> [group, EmptyOperator(task_id="other")]
    assert run(task).skip_downstream == ["other"]


def test_an_operator_of_the_author_may_choose_or_skip(run):
    class Mine(BaseBranchOperator):
        def choose_branch(self, context):
            return ["yes"]

    class Skipping(EmptyOperator, SkipMixin):
        def execute(self, context):
            self.skip(context["dag_run"], context["execution_date"], self.downstream_list[:1])

    assert run(branch(Mine)).skip_downstream == ["no"]
    assert run(branch(Skipping)).skip_downstream == ["yes"]


def test_a_short_circuit_leaves_teardowns_alone(run):
    with DAG("d"):
        task = ShortCircuitOperator(task_id="t", python_callable=lambda: False)
        work, down = EmptyOperator(task_id="work"), EmptyOperator(task_id="down")
        task >> work >> down.as_teardown(setups=EmptyOperator(task_id="up"))
    assert run(task).skip_downstream == ["work"]


def test_a_subclass_may_call_its_function_in_another_way(run, runtime):
    class Twice(PythonOperator):
        def execute_callable(self):
            once = super().execute_callable
            return [once(), once()]

    with DAG("d"):
        task = Twice(task_id="t", python_callable=lambda ds: ds)
    run(task)
    assert runtime.pushed[0]["json"] == '["2024-01-02", "2024-01-02"]'
