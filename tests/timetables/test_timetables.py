import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from couture_scheduler.timetables import DataInterval, describe, from_schedule

NOW = dt.datetime(2024, 3, 10, 15, tzinfo=dt.UTC)
DAILY = {"type": "cron", "cron": "0 2 * * *", "timezone": "UTC"}
TEN_DAYS = {"type": "interval", "seconds": 864000.0}


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


def next_run(schedule, last=None, *, start=None, end=None, catchup=False, now=NOW):
    return from_schedule(schedule).next_run(last, start=start, end=end, catchup=catchup, now=now)


def test_a_run_is_named_by_the_start_of_its_interval_and_due_at_its_end():
    run = next_run(DAILY, start=utc(2024, 1, 1), catchup=True)
    assert run.logical_date == run.data_interval.start == utc(2024, 1, 1, 2)
    assert run.run_after == run.data_interval.end == utc(2024, 1, 2, 2)


def test_without_catchup_only_the_latest_interval_of_the_past_runs():
    run = next_run(DAILY, start=utc(2024, 1, 1))
    assert run.run_after == utc(2024, 3, 10, 2)
    assert next_run(DAILY, run.data_interval, start=utc(2024, 1, 1)).run_after == utc(
        2024, 3, 11, 2
    )


def test_an_interval_that_ends_this_very_moment_is_over():
    run = next_run(DAILY, start=utc(2024, 1, 1), now=utc(2024, 3, 10, 2))
    assert run.run_after == utc(2024, 3, 10, 2)


def test_without_a_start_date_the_next_time_of_the_cron_is_the_first_run():
    assert next_run(DAILY).run_after == utc(2024, 3, 11, 2)
    assert next_run(DAILY, catchup=True).run_after == utc(2024, 3, 11, 2)


def test_a_start_date_in_the_future_is_waited_for():
    assert next_run(DAILY, start=utc(2025, 1, 1)).run_after == utc(2025, 1, 2, 2)


def test_an_interval_schedule_counts_from_the_start_date():
    run = next_run(TEN_DAYS, start=utc(2024, 1, 1, 7), catchup=True)
    assert run.data_interval == DataInterval(utc(2024, 1, 1, 7), utc(2024, 1, 11, 7))
    assert next_run(TEN_DAYS, start=utc(2024, 1, 1, 7)).run_after == utc(2024, 3, 1, 7)


def test_an_interval_schedule_without_start_date_runs_one_interval_from_now():
    assert next_run(TEN_DAYS).run_after == NOW + dt.timedelta(days=10)


def test_no_run_begins_after_the_end_date():
    start, end = utc(2024, 1, 1, 2), utc(2024, 1, 2, 2)
    first = next_run(DAILY, start=start, end=end, catchup=True)
    second = next_run(DAILY, first.data_interval, start=start, end=end, catchup=True)
    assert second.logical_date == end
    assert next_run(DAILY, second.data_interval, start=start, end=end, catchup=True) is None


def test_a_changed_schedule_goes_on_at_its_next_time_without_naming_a_run_twice():
    weekly = {"type": "cron", "cron": "0 0 * * 0", "timezone": "UTC"}
    last = DataInterval(utc(2024, 3, 8, 2), utc(2024, 3, 9, 2))
    run = next_run(weekly, last, start=utc(2024, 1, 1), catchup=True, now=utc(2024, 3, 9, 3))
    assert run.logical_date == utc(2024, 3, 10)
    last = DataInterval(utc(2024, 3, 1, 2), utc(2024, 3, 9, 2))
    run = next_run(weekly, last, start=utc(2024, 1, 1), catchup=True, now=utc(2024, 3, 9, 3))
    assert run.run_after == utc(2024, 3, 10)


def test_once_runs_once():
    once = {"type": "once"}
    run = next_run(once, start=utc(2024, 1, 1))
    assert run.run_after == run.logical_date == utc(2024, 1, 1)
    assert next_run(once).run_after == NOW
    assert next_run(once, run.data_interval, start=utc(2024, 1, 1)) is None


def test_no_schedule_asks_for_nothing():
    assert next_run({"type": "none"}, start=utc(2024, 1, 1)) is None


def test_manual_intervals():
    assert from_schedule(DAILY).manual_interval(NOW) == DataInterval(
        utc(2024, 3, 9, 2), utc(2024, 3, 10, 2)
    )
    assert from_schedule(TEN_DAYS).manual_interval(NOW).end == NOW
    assert from_schedule({"type": "none"}).manual_interval(NOW) == DataInterval(NOW, NOW)


def test_a_missing_type_is_named():
    with pytest.raises(ValueError, match="no schedule of type 'lunar'"):
        from_schedule({"type": "lunar"})


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (DAILY, "every day at 02:00"),
        ({**DAILY, "timezone": "Europe/Madrid"}, "every day at 02:00 (Europe/Madrid)"),
        (TEN_DAYS, "every 10 days"),
        ({"type": "interval", "seconds": 3600.0}, "every hour"),
        ({"type": "interval", "seconds": 5400.0}, "every 1 hour 30 minutes"),
        ({"type": "once"}, "once"),
        ({"type": "none"}, "only when triggered"),
    ],
)
def test_schedules_in_words(schedule, words):
    assert describe(schedule) == words


schedules = st.one_of(
    st.sampled_from(
        ["*/15 * * * *", "0 2 * * *", "30 1 * * *", "0 0 L * *", "0 9-17 * * 1-5", "0 0 * * 0"]
    ).flatmap(
        lambda cron: st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"]).map(
            lambda zone: {"type": "cron", "cron": cron, "timezone": zone}
        )
    ),
    st.integers(60, 10**6).map(lambda seconds: {"type": "interval", "seconds": float(seconds)}),
)
moments = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2040, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=dt.UTC)
)


@settings(max_examples=150, deadline=None)
@given(schedules, moments, moments)
def test_catchup_covers_the_time_from_the_start_without_gap_or_overlap(schedule, start, now):
    runs, last = [], None
    for _ in range(20):
        runs.append(next_run(schedule, last, start=start, catchup=True, now=now))
        last = runs[-1].data_interval
    assert runs[0].logical_date >= start
    assert all(a.data_interval.end == b.data_interval.start for a, b in pairwise(runs))
    assert all(run.data_interval.start < run.data_interval.end for run in runs)


@settings(max_examples=150, deadline=None)
@given(schedules, moments, moments, st.integers(0, 10**6))
def test_without_catchup_at_most_one_run_makes_up_for_a_pause(schedule, start, now, pause):
    runs, last = [], None
    for _ in range(4):
        runs.append(next_run(schedule, last, start=start, now=now))
        last = runs[-1].data_interval
    later = now + dt.timedelta(seconds=pause)
    for _ in range(4):
        runs.append(next_run(schedule, last, start=start, now=later))
        last = runs[-1].data_interval
    assert sum(run.run_after <= now for run in runs) <= 1
    assert sum(now < run.run_after <= later for run in runs[4:]) <= 1
    assert all(a.run_after <= b.logical_date for a, b in pairwise(runs))
