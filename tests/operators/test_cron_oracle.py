"""Cron against an independent reading of docs/scheduling-times.md: tests/support/cron_walk.py.

`make test` takes the same 2,000 expressions each time, spread over six zones; `make crons` takes new
ones, COUNT of them in each zone.
"""

import datetime as dt
import os
from itertools import islice, pairwise

import pytest
from cron_walk import PRESETS, changes, walk
from hypothesis import HealthCheck, example, given, reject, settings
from hypothesis import strategies as st

from couture_operators.cron import Cron, CronError

MINUTE = dt.timedelta(minutes=1)
RANDOM = os.environ.get("COUTURE_CRONS", "")
ZONES = {
    "America/New_York": "an hour, at 2",
    "Europe/Berlin": "an hour, at 1 UTC",
    "Australia/Lord_Howe": "half an hour, in autumn and spring turned round",
    "Africa/Casablanca": "round Ramadan, four changes in some years",
    "America/Sao_Paulo": "at midnight",
    "Pacific/Apia": "a day left out, and daylight saving for a few years",
}
OTHERS = {
    "America/Santiago": "at midnight, on Saturdays",
    "America/St_Johns": "at one minute after midnight, until 2011",
    "Asia/Tehran": "half an hour off, at midnight",
    "Asia/Kolkata": "never",
}


def numbers(low, high, names=()):
    number = st.integers(low, high)
    ranges = st.tuples(number, number).map(sorted)
    items = [
        number.map(str),
        ranges.map(lambda r: f"{r[0]}-{r[1]}"),
        st.tuples(ranges, st.integers(1, 20)).map(lambda r: f"{r[0][0]}-{r[0][1]}/{r[1]}"),
        st.integers(1, 30).map(lambda step: f"*/{step}"),
        st.tuples(number, st.integers(1, 20)).map(lambda n: f"{n[0]}/{n[1]}"),
    ]
    if names:
        items.append(st.sampled_from(names))
    listed = st.lists(st.one_of(items), min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), listed)


MONTHS = ("JAN", "mar", "APR-nov", "Sep,OCT", "DEC")
WEEKDAYS = ("SUN", "mon-FRI", "FRI-SUN", "7", "5-7", "1#2", "SUN#1", "0#5", "0L", "L5", "satL")
hours = st.one_of(numbers(0, 23), st.sampled_from(["0", "1", "2", "3", "23", "0-4", "1,2"]))
days = st.one_of(st.just("*"), numbers(1, 31, ("L",)), st.sampled_from(["?", "L", "1,L"]))
months = st.one_of(st.just("*"), st.just("*"), numbers(1, 12, MONTHS))
weekdays = st.one_of(st.just("*"), numbers(0, 6, WEEKDAYS), st.just("?"))
any_day = st.tuples(numbers(0, 59), hours, st.just("*"), st.just("*"), st.just("*"))
any_time = st.tuples(numbers(0, 59), hours, days, months, weekdays)
expressions = st.one_of(any_day.map(" ".join), any_time.map(" ".join), st.sampled_from([*PRESETS]))
patient = settings(deadline=None, suppress_health_check=list(HealthCheck))


earlier = st.one_of(st.integers(-120, 0), st.integers(-600, 0))


def both(expression, zone, start, end, most=150):
    """What the product says and what the walk says, forwards; and that backwards is the same."""
    due = list(islice(walk(expression, zone, start, end), most))
    try:
        cron = Cron(expression, zone)
    except CronError:  # only for days that no year has
        return [], due
    found, now = [], start
    while len(found) < most and (now := cron.next(now)) <= end:
        found.append(now)
    back, now = [], (due[-1] if len(due) == most else end) + MINUTE
    while (now := cron.prev(now)) > start:
        back.insert(0, now)
    assert back == found
    return found, due


@pytest.mark.parametrize("zone", ZONES)
@example(expression="30 2 * * *", pick=0, earlier=-900)
@example(expression="30 1 * * *", pick=1, earlier=-900)
@example(expression="* * * * *", pick=2, earlier=0)
@settings(patient, max_examples=int(RANDOM or 340), derandomize=not RANDOM)
@given(expressions, st.integers(0, 99), earlier)
def test_agrees_with_a_walk_over_every_minute_around_a_change_of_the_clock(
    zone, expression, pick, earlier
):
    moments = changes(zone)
    start = moments[pick % len(moments)] + earlier * MINUTE
    found, due = both(expression, zone, start, start + dt.timedelta(hours=16))
    assert found == due


@pytest.mark.parametrize("zone", OTHERS)
@settings(patient, max_examples=max(30, int(RANDOM or 0) // 10), derandomize=not RANDOM)
@given(expressions, st.integers(0, 99), earlier)
def test_agrees_with_a_walk_in_further_zones(zone, expression, pick, earlier):
    moments = changes(zone) or (dt.datetime(2024, 2, 29, tzinfo=dt.UTC),)
    start = moments[pick % len(moments)] + earlier * MINUTE
    found, due = both(expression, zone, start, start + dt.timedelta(hours=16))
    assert found == due


@pytest.mark.parametrize("zone", ZONES)
@settings(patient, max_examples=max(20, int(RANDOM or 0) // 10), derandomize=not RANDOM)
@given(any_time.map(" ".join), st.datetimes(dt.datetime(1995, 1, 1), dt.datetime(2060, 1, 1)))
def test_agrees_with_a_walk_over_two_years(zone, expression, start):
    start = start.replace(second=0, microsecond=0, tzinfo=dt.UTC)
    found, due = both(expression, zone, start, start + dt.timedelta(days=800), most=20)
    assert found == due


@settings(patient, max_examples=150, derandomize=not RANDOM)
@given(
    any_time.map(" ".join),
    st.sampled_from([*ZONES, *OTHERS]),
    st.datetimes(dt.datetime(1975, 1, 1), dt.datetime(2090, 1, 1)),
)
def test_next_is_strictly_later_and_prev_leads_back(expression, zone, start):
    try:
        cron = Cron(expression, zone)
    except CronError:
        reject()
    times = [cron.next(start.replace(tzinfo=dt.UTC))]
    for _ in range(10):
        times.append(cron.next(times[-1]))
    assert all(before < after for before, after in pairwise(times))
    assert [cron.prev(after) for after in times[1:]] == times[:-1]
    middles = [before + (after - before) / 2 for before, after in pairwise(times)]
    assert [cron.next(middle) for middle in middles] == times[1:]


@settings(max_examples=300, deadline=None, derandomize=not RANDOM)
@given(st.text(alphabet="0123456789*/-,#L? @dailyMON", max_size=20))
def test_any_text_is_either_a_cron_or_refused_with_a_sentence(text):
    try:
        Cron(text).next(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    except CronError as err:
        assert len(str(err)) > 20
