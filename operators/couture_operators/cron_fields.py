"""The fields of a cron expression: texts to numbers, and which days of a month they mean."""

from __future__ import annotations

import calendar
from dataclasses import dataclass

PRESETS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@quarterly": "0 0 1 */3 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
FIELDS = ("minute", "hour", "day of month", "month", "day of week")
_DAYS = FIELDS[2], FIELDS[4]

_MONTHS = {
    name: n
    for n, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
_WEEKDAYS = {name: n for n, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])}
_RANGES = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day of month": (1, 31),
    "month": (1, 12),
    "day of week": (0, 7),
}
_NAMES = {"month": _MONTHS, "day of week": _WEEKDAYS}


class CronError(ValueError):
    """A cron expression that cannot be meant; the message says which field and why."""


def split(expression: str) -> list[str]:
    """The five fields of an expression or preset, in capitals."""
    text = expression.strip() if isinstance(expression, str) else ""
    if text.startswith("@"):
        if text.lower() not in PRESETS:
            raise CronError(f"There is no preset {text!r}; there are {', '.join(PRESETS)}.")
        text = PRESETS[text.lower()]
    parts = text.upper().split()
    if len(parts) != len(FIELDS):
        raise CronError(
            f"{expression!r} has {len(parts)} fields; a cron has 5: minute, hour, day of month, "
            "month, day of week."
        )
    return [
        "*" if part == "?" and name in _DAYS else part
        for name, part in zip(FIELDS, parts, strict=True)
    ]


@dataclass(frozen=True)
class Field:
    """One parsed field. `nth` holds (weekday, n) pairs of `1#2`, with n = -1 for `L`."""

    numbers: frozenset[int]
    nth: frozenset[tuple[int, int]]
    last_day: bool
    starred: bool


def parse_field(name: str, text: str, expression: str) -> Field:
    """Read one field (in capitals); CronError for what is outside its range or no cron at all."""
    numbers: set[int] = set()
    nth: set[tuple[int, int]] = set()
    last_day = False
    reader = _Reader(name, expression)
    for item in text.split(","):
        if item == "L" and name == "day of month":
            last_day = True
        elif name == "day of week" and ("#" in item or item.strip("L") != item):
            nth.add(reader.nth_weekday(item))
        else:
            numbers.update(reader.numbers(item))
    if name == "day of week":
        numbers = {number % 7 for number in numbers}
    return Field(frozenset(numbers), frozenset(nth), last_day, text[0] == "*")


class _Reader:
    """Reads the items of one field and words its complaints."""

    def __init__(self, name: str, expression: str):
        self.name, self.expression = name, expression
        self.low, self.high = _RANGES[name]

    def error(self, what: str) -> CronError:
        return CronError(f"{what} in the {self.name} field of {self.expression!r}")

    def numbers(self, item: str) -> range:
        """The numbers of `*`, `5`, `5-9`, `*/2`, `5-9/2` or `5/2`."""
        body, slash, step_text = item.partition("/")
        step = self._step(step_text) if slash else 1
        if body == "*":
            high = 6 if self.name == "day of week" else self.high
            return range(self.low, high + 1, step)
        start, dash, end = body.partition("-")
        first = self._number(start)
        if not dash:
            top = 6 if self.name == "day of week" else self.high
            return range(first, (max(top, first) if slash else first) + 1, step)
        last = 7 if end in ("SUN", "7") and self.name == "day of week" else self._number(end)
        if last < first:
            raise self.error(f"The range {body} runs backwards")
        return range(first, last + 1, step)

    def nth_weekday(self, item: str) -> tuple[int, int]:
        """`1#2` (second Monday), `5L` or `L5` (last Friday)."""
        if item == "L":
            raise self.error("L needs a weekday beside it, such as 5L for the last Friday,")
        if "#" not in item:
            return self._number(item[:-1] if item.endswith("L") else item[1:]) % 7, -1
        day, _, nth = item.partition("#")
        if nth not in ("1", "2", "3", "4", "5"):
            raise self.error(f"{item} has no number from 1 to 5 after its #")
        return self._number(day) % 7, int(nth)

    def _number(self, text: str) -> int:
        if text in (names := _NAMES.get(self.name, {})):
            return names[text]
        if text == "?":
            raise self.error("? may stand for a whole day field only; write * instead,")
        if not (text.isascii() and text.isdigit()):
            raise self.error(f"{text!r} is not a number{' or name' if names else ''}")
        number = int(text[:9])
        if not self.low <= number <= self.high:
            raise self.error(f"{text} is outside {self.low}-{self.high}")
        return number

    def _step(self, text: str) -> int:
        if not (text.isascii() and text.isdigit()) or int(text[:9]) == 0:
            raise self.error(f"The step {text!r} is not a number from 1")
        return int(text[:9])


class DayRule:
    """Which days of a month the two day fields mean together."""

    def __init__(self, of_month: Field, of_week: Field):
        self._of_month, self._of_week = of_month, of_week
        self._known: dict[tuple[int, int], tuple[int, ...]] = {}

    def of_month(self, year: int, month: int) -> tuple[int, ...]:
        """The matching days of a month, in order."""
        return self._of_shape(*calendar.monthrange(year, month))

    def happens(self, months: frozenset[int]) -> bool:
        """Whether a day of these months matches in any year (all shapes of years are tried)."""
        return any(
            self._of_shape(first, length)
            for month in months
            for first in range(7)
            for length in ({28, 29} if month == 2 else {calendar.monthrange(2001, month)[1]})
        )

    def _of_shape(self, first_weekday: int, length: int) -> tuple[int, ...]:
        """The matching days of a month that begins on a weekday (0 = Monday) with so many days."""
        key = first_weekday, length
        if key not in self._known:
            days = range(1, length + 1)
            self._known[key] = tuple(
                day for day in days if self._matches(day, first_weekday, length)
            )
        return self._known[key]

    def _matches(self, day: int, first_weekday: int, length: int) -> bool:
        weekday = (first_weekday + day) % 7  # cron counts from Sunday, the calendar from Monday
        of_week = (
            weekday in self._of_week.numbers
            or (weekday, (day + 6) // 7) in self._of_week.nth
            or (day > length - 7 and (weekday, -1) in self._of_week.nth)
        )
        of_month = day in self._of_month.numbers or (self._of_month.last_day and day == length)
        if self._of_month.starred or self._of_week.starred:
            return of_month and of_week
        return of_month or of_week
