"""What Airflow also accepts: DAGs beside `>>`, numbers as texts, arguments of another generation."""

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta

from couture_operators import DAG, BashOperator, EmptyOperator, PythonOperator, TaskGroup
from couture_operators.compat.plugins import AirflowPlugin
from couture_operators.exceptions import DagDefinitionError
from couture_operators.schedule import parse_schedule
from couture_operators.sensors.times import DateTimeSensorAsync, TimeSensorAsync
from couture_operators.serialize import dag_to_dict
from couture_operators.timing import DataInterval, from_schedule
from couture_operators.weights import PriorityWeightStrategy

UTC = dt.UTC


def test_a_dag_takes_tasks_on_either_side_of_an_arrow():
    dag = DAG("d")
    first, second, third, fourth = (EmptyOperator(task_id=name) for name in "abcd")
    assert dag >> first is first
    assert second >> dag is second
    dag << third
    fourth << dag
    assert dag.task_ids == ["a", "b", "c", "d"]
    assert not any(task.upstream_task_ids for task in dag.tasks)
    dag >> first >> second
    assert second.upstream_task_ids == {"a"}


def test_a_task_of_another_dag_is_not_taken():
    with DAG("other"):
        task = EmptyOperator(task_id="a")
    with pytest.raises(DagDefinitionError, match="cannot move to DAG 'd'"):
        DAG("d") >> task


def test_retries_may_be_a_text_of_digits():
    with DAG("d", default_args={"retries": "2"}):
        assert EmptyOperator(task_id="a").retries == 2
        assert EmptyOperator(task_id="b", retries=None).retries == 0


def test_provide_context_passes_everywhere():
    with DAG("d", default_args={"provide_context": True}):
        BashOperator(task_id="a", bash_command="true", provide_context=True)
        EmptyOperator(task_id="b", provide_context=True)
        assert PythonOperator(task_id="c", python_callable=print).provide_context is True
        with pytest.raises(TypeError, match="does not take the argument 'foo'"):
            EmptyOperator(task_id="d", foo=1, provide_context=True)


def test_groups_may_have_letters_of_any_language():
    with DAG("d"), TaskGroup("début"):
        assert EmptyOperator(task_id="été").task_id == "début.été"


def test_deferrable_sensors_take_how_they_would_defer():
    with DAG("d"):
        TimeSensorAsync(task_id="a", target_time=dt.time(3), trigger_kwargs={"moment": 1})
        DateTimeSensorAsync(task_id="b", target_time="2024-01-01", start_from_trigger=True)


class Late(PriorityWeightStrategy):
    def get_weight(self, ti):
        return 100 - len(ti.task.task_id) - ti.try_number


def test_an_instance_of_a_strategy_says_the_priority():
    with DAG("d") as dag:
        EmptyOperator(task_id="abc", weight_rule=Late()) >> EmptyOperator(task_id="z")
    assert [task["weight"] for task in dag_to_dict(dag)["tasks"]] == [96, 1]
    assert AirflowPlugin.name is None


def test_a_strategy_that_fails_is_named():
    with DAG("d") as dag:
        EmptyOperator(task_id="a", weight_rule=PriorityWeightStrategy())
    with pytest.raises(DagDefinitionError, match="the weight_rule PriorityWeightStrategy failed"):
        dag_to_dict(dag)


def runs(schedule, start, count, **kwargs):
    """The ends of the first runs of a schedule."""
    timetable = from_schedule(parse_schedule("DAG 'd'", schedule, "UTC").to_dict())
    last, found = None, []
    for _ in range(count):
        info = timetable.next_run(
            last, start=start, end=None, catchup=True, now=dt.datetime(2024, 9, 1, tzinfo=UTC)
        )
        last = DataInterval(info.data_interval.start, info.data_interval.end)
        found.append(f"{last.start:%m-%d} {last.end:%m-%d}")
    return found


def test_a_schedule_may_be_a_month_of_the_calendar():
    month = relativedelta(months=1)
    first = dt.datetime(2024, 1, 1, tzinfo=UTC)
    assert runs(month, first, 3) == ["01-01 02-01", "02-01 03-01", "03-01 04-01"]
    last = dt.datetime(2024, 1, 31, tzinfo=UTC)  # as in Airflow each run goes on from the last
    assert runs(month, last, 3) == ["01-31 02-29", "02-29 03-29", "03-29 04-29"]
    assert DAG("d", schedule_interval=month).schedule_interval == "1 month"


def test_without_catchup_the_latest_month_that_is_over_runs():
    timetable = from_schedule({"type": "interval", "seconds": 0.0, "months": 1})
    info = timetable.next_run(
        None,
        start=dt.datetime(2023, 1, 15, tzinfo=UTC),
        end=None,
        catchup=False,
        now=dt.datetime(2024, 9, 1, tzinfo=UTC),
    )
    assert info.data_interval.start == dt.datetime(2024, 7, 15, tzinfo=UTC)


def test_a_delta_trigger_covers_no_time():
    timetable = from_schedule({"type": "delta_trigger", "seconds": 86400.0, "interval": 0.0})
    start = dt.datetime(2024, 1, 1, 6, tzinfo=UTC)
    now = dt.datetime(2024, 1, 3, 7, tzinfo=UTC)
    first = timetable.next_run(None, start=start, end=None, catchup=True, now=now)
    assert first.data_interval == DataInterval(start, start)
    again = timetable.next_run(first.data_interval, start=start, end=None, catchup=True, now=now)
    assert again.run_after == start + dt.timedelta(days=1)
