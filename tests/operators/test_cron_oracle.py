"""Cron against an independent reading of it: walk every UTC minute, look at the clock on the wall,
match. The walk shares no code with the product and is slow and plain on purpose.
"""

import calendar
import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, reject, settings
from hypothesis import strategies as st

from couture_operators.cron import Cron, CronError

MINUTE = dt.timedelta(minutes=1)


def _in_part(part: str, value: int, low: int, high: int) -> bool:
    body, _, step = part.partition("/")
    if body == "*":
        first, last = low, high
    elif "-" in body:
        first, last = (int(end) for end in body.split("-"))
    else:
        first = int(body)
        last = high if step else first
    return first <= value <= last and (value - first) % int(step or 1) == 0


def _in_field(field: str, value: int, low: int, high: int) -> bool:
    return any(_in_part(part, value, low, high) for part in field.split(","))


def _day_of_month(field: str, wall: dt.datetime) -> bool:
    last = calendar.monthrange(wall.year, wall.month)[1]
    return any(
        wall.day == last if part == "L" else _in_part(part, wall.day, 1, 31)
        for part in field.split(",")
    )


def _day_of_week(field: str, wall: dt.datetime) -> bool:
    today = wall.isoweekday() % 7
    for part in field.split(","):
        if "#" in part:
            day, nth = part.split("#")
            if today == int(day) % 7 and (wall.day - 1) // 7 + 1 == int(nth):
                return True
        elif part.endswith("L"):
            if today == int(part[:-1]) % 7 and (wall + dt.timedelta(days=7)).month != wall.month:
                return True
        elif _in_part(part, today, 0, 6) or (today == 0 and _in_part(part, 7, 0, 7)):
            return True
    return False


def matches(expression: str, wall: dt.datetime) -> bool:
    minute, hour, of_month, month, of_week = expression.split()
    if not (_in_field(minute, wall.minute, 0, 59) and _in_field(hour, wall.hour, 0, 23)):
        return False
    if not _in_field(month, wall.month, 1, 12):
        return False
    by_month, by_week = _day_of_month(of_month, wall), _day_of_week(of_week, wall)
    if of_month.startswith("*") or of_week.startswith("*"):
        return by_month and by_week
    return by_month or by_week


def walk(expression: str, zone: str, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """All times after start and up to end, by Debian's rules for changes of the clock."""
    minute, hour = expression.split()[:2]
    fixed = not (minute.startswith("*") or hour.startswith("*"))
    tz = ZoneInfo(zone)
    found = []
    now = start
    seen_until = (now - 6 * 60 * MINUTE).astimezone(tz).replace(tzinfo=None)
    for back in range(6 * 60, -1, -1):  # where the wall clock has been before the start
        seen_until = max(seen_until, (now - back * MINUTE).astimezone(tz).replace(tzinfo=None))
    before = now.astimezone(tz).replace(tzinfo=None)
    while now < end:
        now += MINUTE
        wall = now.astimezone(tz).replace(tzinfo=None)
        jump = wall - before - MINUTE
        fires = matches(expression, wall)
        if fixed and wall <= seen_until and seen_until - wall < dt.timedelta(hours=3):
            fires = False
        if fixed and dt.timedelta(0) < jump < dt.timedelta(hours=3):
            skipped = (before + step * MINUTE for step in range(1, jump // MINUTE + 1))
            fires = fires or any(matches(expression, missed) for missed in skipped)
        if fires:
            found.append(now)
        seen_until, before = max(seen_until, wall), wall
    return found


# the weeks around changes of the clock, half-hour and midnight ones and a skipped day among them
CHANGES = [
    ("America/New_York", dt.datetime(2024, 3, 10, 7)),
    ("America/New_York", dt.datetime(2024, 11, 3, 6)),
    ("Australia/Lord_Howe", dt.datetime(2024, 10, 5, 15, 30)),
    ("Australia/Lord_Howe", dt.datetime(2024, 4, 6, 15)),
    ("Africa/Casablanca", dt.datetime(2024, 3, 10, 2)),
    ("Africa/Casablanca", dt.datetime(2024, 4, 14, 2)),
    ("America/Santiago", dt.datetime(2024, 9, 8, 4)),
    ("America/Santiago", dt.datetime(2024, 4, 7, 3)),
    ("America/Sao_Paulo", dt.datetime(2018, 11, 4, 3)),
    ("America/St_Johns", dt.datetime(2008, 11, 2, 2, 31)),
    ("Asia/Tehran", dt.datetime(2021, 9, 21, 19, 30)),
    ("Pacific/Apia", dt.datetime(2011, 12, 30, 10)),
    ("Europe/Madrid", dt.datetime(2026, 10, 25, 1)),
    ("UTC", dt.datetime(2024, 2, 29, 0)),
]


def numbers(low, high):
    number = st.integers(low, high)
    ranges = st.tuples(number, number).map(sorted)
    item = st.one_of(
        number.map(str),
        ranges.map(lambda r: f"{r[0]}-{r[1]}"),
        st.tuples(ranges, st.integers(1, 20)).map(lambda r: f"{r[0][0]}-{r[0][1]}/{r[1]}"),
        st.integers(1, 30).map(lambda step: f"*/{step}"),
    )
    listed = st.lists(item, min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), listed)


hours = st.one_of(numbers(0, 23), st.sampled_from(["0", "1", "2", "3", "23", "0-4", "1,2"]))
days = st.one_of(st.just("*"), numbers(1, 31), st.just("L"), st.just("1,L"))
weekdays = st.one_of(st.just("*"), numbers(0, 6), st.sampled_from(["7", "5-7", "1#2", "0L", "0#1"]))
expressions = st.tuples(numbers(0, 59), hours, days, st.just("*"), weekdays).map(" ".join)


@example("* * * * *", ("America/St_Johns", dt.datetime(2008, 11, 2, 2, 31)), 0)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions, st.sampled_from(CHANGES), st.integers(-900, 0))
def test_agrees_with_a_walk_over_every_minute(expression, change, earlier):
    zone, moment = change
    start = moment.replace(tzinfo=dt.UTC) + dt.timedelta(minutes=earlier)
    end = start + dt.timedelta(hours=36)
    try:
        cron = Cron(expression, zone)
    except CronError:  # only for days that no year has
        assert walk(expression, zone, start, end) == []
        return
    found, now = [], start
    while (now := cron.next(now)) <= end:
        found.append(now)
    assert found == walk(expression, zone, start, end)
    back, now = [], end + dt.timedelta(minutes=1)
    while (now := cron.prev(now)) > start:
        back.insert(0, now)
    assert back == found


@settings(max_examples=150, deadline=None)
@given(
    expressions,
    st.sampled_from([zone for zone, _ in CHANGES]),
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


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789*/-,#L? @dailyMON", max_size=20))
def test_any_text_is_either_a_cron_or_refused_with_a_sentence(text):
    try:
        Cron(text).next(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    except CronError as err:
        assert len(str(err)) > 20
