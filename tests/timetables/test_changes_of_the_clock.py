"""The examples of docs/scheduling-times.md."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from couture_operators import DAG
from couture_operators.serialize import dag_to_dict
from couture_scheduler.timetables import from_schedule

NEW_YORK = "America/New_York"


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def due(schedule, zone, after, count):
    """The ends of the next intervals of a DAG that starts a year before, on the wall of its zone."""
    start = dt.datetime(after.year - 1, 1, 1, tzinfo=ZoneInfo(zone))
    data = dag_to_dict(DAG("d", schedule=schedule, start_date=start))
    timetable, last, found = from_schedule(data["schedule"]), None, []
    for _ in range(count):
        info = timetable.next_run(last, start=start, end=None, catchup=False, now=after)
        last, after = info.data_interval, max(after, info.run_after) + dt.timedelta(seconds=1)
        found.append(info)
    return found


@pytest.mark.parametrize(
    ("schedule", "zone", "after", "walls"),
    [
        ("30 2 * * *", NEW_YORK, utc(2024, 3, 9, 8), "09 02:30, 10 03:00, 11 02:30"),
        ("30 1 * * *", NEW_YORK, utc(2024, 11, 2, 8), "02 01:30, 03 01:30, 04 01:30"),
        ("30 * * * *", NEW_YORK, utc(2024, 11, 3, 5, 40), "03 01:30, 03 01:30, 03 02:30"),
        ("15 2 * * *", "Australia/Lord_Howe", utc(2024, 10, 5, 8), "05 02:15, 06 02:30, 07 02:15"),
        ("30 2 * * *", "Africa/Casablanca", utc(2024, 4, 13, 8), "13 02:30, 14 03:00, 15 02:30"),
        ("0 0 * * *", "America/Sao_Paulo", utc(2018, 11, 3, 8), "03 00:00, 04 01:00, 05 00:00"),
        ("0 12 * * *", "Pacific/Apia", utc(2011, 12, 29, 8), "28 12:00, 29 12:00, 31 12:00"),
        (dt.timedelta(days=1), NEW_YORK, utc(2024, 3, 9, 8), "09 00:00, 10 00:00, 11 01:00"),
    ],
)
def test_runs_are_due_on_the_wall_as_the_table_says(schedule, zone, after, walls):
    runs = due(schedule, zone, after, 3)
    found = [run.run_after.astimezone(ZoneInfo(zone)).strftime("%d %H:%M") for run in runs]
    assert ", ".join(found) == walls


@pytest.mark.parametrize(
    ("schedule", "start", "end"),
    [
        ("0 0 * * *", utc(2024, 3, 10, 5), utc(2024, 3, 11, 4)),
        ("0 0 * * *", utc(2024, 11, 3, 4), utc(2024, 11, 4, 5)),
        ("30 2 * * *", utc(2024, 3, 10, 7), utc(2024, 3, 11, 6, 30)),
        ("30 1 * * *", utc(2024, 11, 3, 5, 30), utc(2024, 11, 4, 6, 30)),
        (dt.timedelta(days=1), utc(2024, 3, 10, 5), utc(2024, 3, 11, 5)),
    ],
)
def test_data_intervals_are_shorter_or_longer_round_a_change(schedule, start, end):
    intervals = [run.data_interval for run in due(schedule, NEW_YORK, start, 3)]
    assert end in {one.end for one in intervals if one.start == start}


def test_dates_without_a_zone_are_utc():
    dag = DAG("d", schedule="@daily", start_date=dt.datetime(2024, 1, 1, 5))
    assert dag_to_dict(dag)["schedule"]["timezone"] == "UTC"
    assert dt.datetime.fromisoformat(dag_to_dict(dag)["start_date"]) == utc(2024, 1, 1, 5)


def test_a_start_date_that_the_clock_jumps_over_takes_the_offset_before_the_change():
    start = dt.datetime(2024, 3, 10, 2, 30, tzinfo=ZoneInfo(NEW_YORK))
    dag = DAG("d", schedule="@daily", start_date=start)
    assert dt.datetime.fromisoformat(dag_to_dict(dag)["start_date"]) == utc(2024, 3, 10, 7, 30)


def test_a_start_date_that_the_clock_repeats_is_the_first_of_the_two_unless_it_says_fold():
    start = dt.datetime(2024, 11, 3, 1, 30, tzinfo=ZoneInfo(NEW_YORK))
    for moment, hour in ((start, 5), (start.replace(fold=1), 6)):
        dag = DAG("d", schedule="@daily", start_date=moment)
        found = dt.datetime.fromisoformat(dag_to_dict(dag)["start_date"])
        assert found == utc(2024, 11, 3, hour, 30)
