"""When a cron is due, read from docs/scheduling-times.md: walk the minutes, look at the wall, match.

Shares no code with the product and is slow and plain on purpose.
"""

import calendar
import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
NO_DAYLIGHT_SAVING = dt.timedelta(hours=3)
PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 1,4,7,10 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def _number(text: str) -> int:
    text = text.upper()
    if text in MONTHS:
        return MONTHS.index(text) + 1
    return WEEKDAYS.index(text) if text in WEEKDAYS else int(text)


def _in_part(part: str, value: int, low: int, high: int) -> bool:
    body, _, step = part.partition("/")
    if body == "*":
        first, last = low, high
    elif "-" in body:
        first, last = (_number(end) for end in body.split("-"))
        if last == 0 and first > 0:  # up to Sunday
            last = 7
    else:
        first = _number(body)
        last = high if step else first
    return first <= value <= last and (value - first) % int(step or 1) == 0


def _in_field(field: str, value: int, low: int, high: int) -> bool:
    return any(_in_part(part, value, low, high) for part in field.split(","))


def _day_of_month(field: str, date: dt.date) -> bool:
    last = calendar.monthrange(date.year, date.month)[1]
    return any(
        date.day == last if part == "L" else _in_part(part, date.day, 1, 31)
        for part in field.split(",")
    )


def _day_of_week(field: str, date: dt.date) -> bool:
    today = date.isoweekday() % 7
    for part in field.split(","):
        if "#" in part:
            day, nth = part.split("#")
            if today == _number(day) % 7 and (date.day - 1) // 7 + 1 == int(nth):
                return True
        elif part[0] == "L" or part[-1] == "L":
            if today == _number(part.strip("L")) % 7 and (date + 7 * DAY).month != date.month:
                return True
        elif _in_part(part, today, 0, 6) or (today == 0 and _in_part(part, 7, 0, 6)):
            return True
    return False


class Reading:
    """One expression, its fields looked up minute by minute."""

    def __init__(self, expression: str):
        fields = PRESETS.get(expression.lower(), expression).split()
        minute, hour, self.of_month, self.month, self.of_week = fields
        self.minutes = {m for m in range(60) if _in_field(minute, m, 0, 59)}
        self.hours = {h for h in range(24) if _in_field(hour, h, 0, 23)}
        self.fixed = not (minute.startswith("*") or hour.startswith("*"))
        self.days: dict[dt.date, bool] = {}

    def of_day(self, date: dt.date) -> bool:
        if date not in self.days:
            self.days[date] = self._of_day(date)
        return self.days[date]

    def _of_day(self, date: dt.date) -> bool:
        if not _in_field(self.month, date.month, 1, 12):
            return False
        free = [field == "?" or field[0] == "*" for field in (self.of_month, self.of_week)]
        by_month = self.of_month == "?" or _day_of_month(self.of_month, date)
        by_week = self.of_week == "?" or _day_of_week(self.of_week, date)
        return by_month and by_week if any(free) else by_month or by_week

    def matches(self, wall: dt.datetime) -> bool:
        on_time = wall.minute in self.minutes and wall.hour in self.hours
        return on_time and self.of_day(wall.date())

    def matches_near(self, wall: dt.datetime) -> bool:
        return any(self.of_day(wall.date() + step * DAY) for step in (-1, 0, 1, 2))


def walk(expression: str, zone: str, start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """All times after start (a whole minute) and up to end."""
    reading, tz = Reading(expression), ZoneInfo(zone)

    def wall_at(moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(tz).replace(tzinfo=None)

    now = start
    seen_until = max(wall_at(now - back * MINUTE) for back in range(3 * 60 + 1))
    before = wall_at(now)
    while now < end:
        if not reading.matches_near(before):  # nothing can be due on the day that comes
            now += DAY
            before = wall_at(now)
            seen_until = max(seen_until, before)
            continue
        now += MINUTE
        wall = wall_at(now)
        jump = wall - before - MINUTE
        fires = reading.matches(wall)
        if reading.fixed and wall <= seen_until and seen_until - wall < NO_DAYLIGHT_SAVING:
            fires = False
        if reading.fixed and dt.timedelta(0) < jump < NO_DAYLIGHT_SAVING:
            skipped = (before + step * MINUTE for step in range(1, jump // MINUTE + 1))
            fires = fires or any(reading.matches(missed) for missed in skipped)
        if fires and now <= end:
            yield now
        seen_until, before = max(seen_until, wall), wall


@lru_cache
def changes(zone: str, first: int = 2005, last: int = 2035) -> tuple[dt.datetime, ...]:
    """The minutes in which the zone's clock changes, in these years."""
    tz, found = ZoneInfo(zone), []
    day, end = dt.datetime(first, 1, 1, tzinfo=dt.UTC), dt.datetime(last, 1, 1, tzinfo=dt.UTC)

    def offset(moment: dt.datetime) -> dt.timedelta | None:
        return moment.astimezone(tz).utcoffset()

    while day < end:
        if offset(day) != offset(day + DAY):
            minutes = (day + step * MINUTE for step in range(1, 1441))
            found.append(next(now for now in minutes if offset(now - MINUTE) != offset(now)))
        day += DAY
    return tuple(found)
