"""The small functions that DAG files take from airflow.utils and its neighbours."""

import datetime as dt
import sys
from types import SimpleNamespace

import pytest
from airflow.io.path import ObjectStoragePath
from airflow.plugins_manager import AirflowPlugin
from airflow.utils import timezone
from airflow.utils.dates import date_range, parse_execution_date, round_time, scale_time_units
from airflow.utils.helpers import (
    chunks,
    convert_camel_to_snake,
    exactly_one,
    merge_dicts,
    prune_dict,
)
from airflow.utils.log.logging_mixin import LoggingMixin
from airflow.utils.module_loading import import_string, qualname
from airflow.utils.operator_helpers import make_kwargs_callable
from airflow.utils.state import DagRunState, State, TaskInstanceState
from airflow.utils.types import DagRunType

from couture_operators.exceptions import AirflowException, AirflowNotFoundException

UTC = dt.UTC


def test_date_ranges_follow_a_span_or_a_cron():
    first = dt.datetime(2024, 1, 1, tzinfo=UTC)
    hours = date_range(first, num=3, delta=dt.timedelta(hours=1))
    assert [moment.hour for moment in hours] == [0, 1, 2]
    days = date_range(first, dt.datetime(2024, 1, 3, tzinfo=UTC), delta="@daily")
    assert [moment.day for moment in days] == [1, 2, 3]
    back = date_range(first, num=-2, delta=dt.timedelta(days=1))
    assert [moment.day for moment in back] == [31, 1]
    with pytest.raises(ValueError, match="not both"):
        date_range(first, first, num=1, delta="@daily")


def test_dates_are_rounded_scaled_and_read():
    moment = dt.datetime(2024, 1, 1, 10, 40)
    assert round_time(moment, dt.timedelta(hours=1)) == dt.datetime(2024, 1, 1, 11)
    assert scale_time_units([7200], "hours") == [2]
    assert parse_execution_date("2024-01-01") == dt.datetime(2024, 1, 1, tzinfo=UTC)


def test_zones_are_put_on_and_taken_off():
    naive = dt.datetime(2024, 7, 1, 12)
    berlin = timezone.parse_timezone("Europe/Berlin")
    assert timezone.make_aware(naive, berlin) == dt.datetime(2024, 7, 1, 10, tzinfo=UTC)
    assert timezone.make_naive(timezone.make_aware(naive), berlin) == naive.replace(hour=14)
    assert timezone.is_naive(naive)
    assert timezone.is_localized(timezone.utcnow())
    assert timezone.coerce_datetime(None) is None
    assert timezone.td_format(dt.timedelta(hours=1, seconds=3)) == "1h:3s"
    with pytest.raises(ValueError, match="without a time zone"):
        timezone.make_aware(timezone.utcnow())


def test_lists_and_dicts_are_cut_and_merged():
    assert list(chunks([1, 2, 3], 2)) == [[1, 2], [3]]
    assert merge_dicts({"a": {"b": 1}, "c": 2}, {"a": {"d": 3}}) == {"a": {"b": 1, "d": 3}, "c": 2}
    assert prune_dict({"a": None, "b": {"c": None}, "d": 0}) == {"d": 0}
    assert prune_dict({"a": 0, "b": [1, 0]}, mode="truthy") == {"b": [1]}
    assert convert_camel_to_snake("CamelCase") == "camel_case"
    assert exactly_one(0, 1)
    assert not exactly_one(1, 1)


def test_objects_are_found_by_their_paths():
    found = import_string("airflow.operators.bash.BashOperator")
    assert qualname(found) == "couture_operators.operators.bash.BashOperator"
    with pytest.raises(ImportError, match="has no 'Nothing'"):
        import_string("airflow.operators.bash.Nothing")


def test_a_function_takes_only_the_arguments_that_it_names():
    assert make_kwargs_callable(lambda a, b=0: (a, b))(1, b=2, c=3) == (1, 2)


def test_states_have_names_and_are_texts():
    assert State.SUCCESS == TaskInstanceState.SUCCESS == "success"
    assert f"{DagRunState.QUEUED}" == "queued"
    assert State.FAILED in State.finished
    assert State.RUNNING in State.unfinished
    assert DagRunType.MANUAL == "manual"


def test_mixins_and_plugins_are_base_classes():
    class Mine(AirflowPlugin, LoggingMixin):
        name = "mine"

    assert Mine().log.name.endswith(".Mine")


def test_a_storage_path_is_put_together_without_its_package(runtime):
    base = ObjectStoragePath("s3://aws_default@bucket/folder")
    path = base / "a" / "b.csv"
    assert str(path) == "s3://aws_default@bucket/folder/a/b.csv"
    assert (path.bucket, path.key, path.name, path.suffix) == (
        "bucket",
        "folder/a/b.csv",
        "b.csv",
        ".csv",
    )
    assert path.parent == base / "a"
    with pytest.raises(AirflowNotFoundException, match="aws_default"):
        path.exists()


def test_a_storage_without_its_package_says_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)  # as where it is not installed
    with pytest.raises(AirflowException, match="needs the Python package 's3fs'"):
        ObjectStoragePath("s3://bucket/key").open()


def test_the_connection_of_a_storage_path_opens_it(runtime, monkeypatch):
    asked = []

    def filesystem(protocol, **options):
        asked.append((protocol, options))
        return SimpleNamespace(exists=lambda path: path == "bucket/key")

    monkeypatch.setitem(sys.modules, "fsspec", SimpleNamespace(filesystem=filesystem))
    runtime.connections["mine"] = [
        {"conn_type": "aws", "login": "k", "password": "s", "extra": '{"endpoint_url": "http://h"}'}
    ]
    assert ObjectStoragePath("s3://mine@bucket/key").exists()
    assert not (ObjectStoragePath("s3://bucket", conn_id="mine") / "other").exists()
    options = {"key": "k", "secret": "s", "endpoint_url": "http://h"}
    assert asked == [("s3", options)] * 2
