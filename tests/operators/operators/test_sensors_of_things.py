"""The sensors for times, commands, functions, files and databases."""

import datetime as dt

import pendulum
import pytest

from couture_operators import DAG
from couture_operators.exceptions import DagDefinitionError, TaskDeferred
from couture_operators.operators.weekday import WeekDay
from couture_operators.sensors.bash import BashSensor
from couture_operators.sensors.filesystem import FileSensor
from couture_operators.sensors.http import HttpSensor
from couture_operators.sensors.python import PythonSensor
from couture_operators.sensors.sql import SqlSensor
from couture_operators.sensors.times import (
    DateTimeSensor,
    DateTimeSensorAsync,
    TimeDeltaSensor,
    TimeDeltaSensorAsync,
    TimeSensor,
    TimeSensorAsync,
    WaitSensor,
)
from couture_operators.sensors.weekday import DayOfWeekSensor

HOURLY = {"poke_interval": 3600}


def make(kind, zone="UTC", **kwargs):
    with DAG("d", start_date=pendulum.datetime(2024, 1, 1, tz=zone)):
        return kind(task_id="t", **kwargs)


def minutes_slept(clock):
    return sum(clock.slept) / 60


@pytest.mark.parametrize(("zone", "hours"), [("UTC", 3), ("Europe/Berlin", 2)])
def test_a_time_of_day_is_meant_in_the_dags_zone(run, clock, zone, hours):
    run(make(TimeSensor, zone, target_time=dt.time(14, 30), **HOURLY))
    assert sum(clock.slept) == hours * 3600


def test_a_time_sensor_that_is_async_defers_until_the_time(clock, context_of):
    task = make(TimeSensorAsync, target_time=dt.time(14, 30))
    with pytest.raises(TaskDeferred) as caught:
        task.execute(context_of(task))
    assert caught.value.trigger.resume_at == dt.datetime(2024, 1, 3, 14, 30, tzinfo=dt.UTC)
    assert (
        task.resume_execution(caught.value.method_name, {"event": None}, context_of(task)) is None
    )
    early = make(TimeSensorAsync, target_time=dt.time(11))
    assert early.execute(context_of(early)) is None


def test_a_delta_counts_from_the_end_of_the_data_interval(run, clock):
    end = "2024-01-03T11:00:00+00:00"
    run(
        make(TimeDeltaSensor, delta=dt.timedelta(hours=3, minutes=1), **HOURLY),
        data_interval_end=end,
    )
    assert minutes_slept(clock) == 180


def test_a_delta_sensor_that_is_async_defers_until_then(clock, context_of):
    task = make(TimeDeltaSensorAsync, delta=dt.timedelta(hours=3))
    with pytest.raises(TaskDeferred) as caught:
        task.execute(context_of(task, data_interval_end="2024-01-03T11:00:00+00:00"))
    assert caught.value.trigger.resume_at == dt.datetime(2024, 1, 3, 14, tzinfo=dt.UTC)
    assert task.execute(context_of(task, data_interval_end="2024-01-02T11:00:00+00:00")) is None


def test_a_moment_may_be_a_template(run, clock):
    run(make(DateTimeSensor, target_time="{{ macros.ds_add(ds, 1) }}T13:30:00", **HOURLY))
    assert minutes_slept(clock) == 120


def test_deferrable_time_sensors_hold_no_process(clock, context_of):
    moment = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
    for task in (
        make(DateTimeSensorAsync, target_time=moment),
        make(DateTimeSensor, target_time=moment, deferrable=True),
    ):
        with pytest.raises(TaskDeferred) as caught:
            task.execute(context_of(task))
        assert caught.value.trigger.resume_at == moment


def test_waiting_for_a_while_sleeps_or_defers(run, clock, context_of):
    run(make(WaitSensor, time_to_wait=90))
    assert clock.slept == [90]
    task = make(WaitSensor, time_to_wait=dt.timedelta(minutes=5), deferrable=True)
    with pytest.raises(TaskDeferred) as caught:
        task.execute(context_of(task))
    assert caught.value.trigger.resume_at == clock.now + dt.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("day", "days"), [("friday", 2), (WeekDay.WEDNESDAY, 0), ({"Monday", "saturday"}, 3)]
)
def test_days_of_the_week_are_waited_for(run, clock, day, days):
    run(make(DayOfWeekSensor, week_day=day, poke_interval=86400))
    assert sum(clock.slept) == days * 86400


def test_the_day_may_be_that_of_the_logical_date(run, clock):
    task = make(DayOfWeekSensor, week_day="Tuesday", use_task_logical_date=True)
    assert run(task, logical_date="2024-01-02T00:00:00+00:00").state == "success"
    with pytest.raises(DagDefinitionError, match="'Someday' is no day of the week"):
        make(DayOfWeekSensor, week_day="Someday")


def test_a_command_ends_the_wait_with_code_0(run, clock, tmp_path):
    flag = tmp_path / "flag"
    command = f"test -e {flag} || {{ touch {flag}; exit 1; }}"
    assert run(make(BashSensor, bash_command=command)).state == "success"
    assert clock.slept == [60]


def test_a_retry_exit_code_makes_all_other_codes_failures(run, clock):
    outcome = run(make(BashSensor, bash_command="exit 4", retry_exit_code=3), max_tries=2)
    assert outcome.state == "failed"
    assert outcome.fail_without_retry
    assert (
        run(make(BashSensor, bash_command="exit 3", retry_exit_code=3, timeout=1)).state == "failed"
    )


def test_a_function_says_when_the_wait_is_over(run, clock):
    answers = [False, 0, "yes"]

    def ask(name, ds, templates_dict=None):
        assert (name, ds, templates_dict) == ("n", "2024-01-02", {"x": "2024-01-02"})
        return answers.pop(0)

    task = make(PythonSensor, python_callable=ask, op_args=["n"], templates_dict={"x": "{{ ds }}"})
    assert run(task).state == "success"
    assert answers == []


@pytest.mark.parametrize(
    ("pattern", "recursive", "found"),
    [
        ("a.txt", False, True),
        ("*.txt", False, True),
        ("folder", False, True),
        ("empty", False, False),
        ("**/deep.csv", True, True),
        ("b.txt", False, False),
    ],
)
def test_files_and_folders_with_files_are_found(
    run, runtime, clock, tmp_path, pattern, recursive, found
):
    (tmp_path / "a.txt").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder" / "below").mkdir(parents=True)
    (tmp_path / "folder" / "below" / "deep.csv").touch()
    row = {"conn_type": "fs", "extra": f'{{"path": "{tmp_path}"}}'}
    runtime.connections["fs_default"] = [row]
    task = make(FileSensor, filepath=pattern, recursive=recursive, timeout=1, soft_fail=True)
    assert run(task).state == ("success" if found else "skipped")


def test_an_absolute_path_needs_no_connection_but_a_named_one_must_exist(run, clock, tmp_path):
    (tmp_path / "x").touch()
    assert run(make(FileSensor, filepath=str(tmp_path / "x"))).state == "success"
    outcome = run(make(FileSensor, filepath="x", fs_conn_id="mine"))
    assert "conn_id `mine` isn't defined" in outcome.reason


@pytest.mark.parametrize(
    ("sql", "options", "state"),
    [
        ("select 0", {}, "skipped"),
        ("select '0'", {}, "skipped"),
        ("select 5", {}, "success"),
        ("select null", {}, "success"),
        ("select null", {"allow_null": False}, "skipped"),
        ("select a from t where a > 5", {}, "skipped"),
        ("select a from t where a > 5", {"fail_on_empty": True}, "failed"),
        ("select 7", {"success": lambda cell: cell == 8}, "skipped"),
        ("select 7", {"failure": lambda cell: cell == 7}, "failed"),
        ("select a from t where b = ?", {"parameters": ["x"]}, "success"),
        ("select 0, 1", {"selector": lambda row: row[1]}, "success"),
    ],
)
def test_a_query_is_asked_until_its_first_cell_is_true(run, clock, database, sql, options, state):
    task = make(SqlSensor, conn_id="sqlite_default", sql=sql, timeout=1, soft_fail=True, **options)
    assert run(task).state == state


def test_a_connection_that_is_no_database_is_refused(run, runtime, clock):
    runtime.connections["web"] = [{"conn_type": "http", "host": "x"}]
    outcome = run(make(SqlSensor, conn_id="web", sql="select 1"))
    assert "Connection 'web' is of the type 'http'" in outcome.reason


def test_a_server_is_asked_until_it_answers(run, clock, server):
    server.answers["/ready"] = (404, {})
    assert run(make(HttpSensor, endpoint="ready", timeout=1, soft_fail=True)).state == "skipped"
    server.answers["/ready"] = (200, {"done": True})
    task = make(
        HttpSensor,
        endpoint="ready",
        request_params={"day": "{{ ds }}"},
        response_check=lambda response, ds: response.json()["done"] and ds == "2024-01-02",
    )
    assert run(task).state == "success"
    assert server.seen[-1]["query"] == {"day": ["2024-01-02"]}


def test_another_error_of_the_server_fails_the_sensor(run, clock, server):
    server.answers["/x"] = (503, {})
    assert "503:Service Unavailable" in run(make(HttpSensor, endpoint="x")).reason
    task = make(
        HttpSensor,
        endpoint="x",
        response_error_codes_allowlist=["404", "503"],
        timeout=1,
        soft_fail=True,
    )
    assert run(task).state == "skipped"
