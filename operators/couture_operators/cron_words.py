"""A cron expression in words: "every day at 02:00", "weekdays at 07:45", "every 15 minutes"."""

from __future__ import annotations

from collections.abc import Iterable

from couture_operators.cron_fields import FIELDS, Field, parse_field, split

_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_FEW = 6  # a longer enumeration is harder to read than the cron itself


def describe(expression: str) -> str:
    """Say when a cron runs; one that has no short wording is quoted. CronError as in `Cron`."""
    parts = split(expression)
    minute, hour, of_month, month, of_week = (
        parse_field(name, part, expression) for name, part in zip(FIELDS, parts, strict=True)
    )
    times = _times(parts[0], minute, parts[1], hour)
    days = _days(parts[2], of_month, parts[4], of_week, month)
    if times is None or days is None:
        return f"at the times of the cron {' '.join(parts)}"
    if times.startswith("every"):
        return times if days == "every day" else f"{times}, {days}"
    return f"{days} {times}"


def _times(minute_text: str, minute: Field, hour_text: str, hour: Field) -> str | None:
    minutes, hours = sorted(minute.numbers), sorted(hour.numbers)
    every = _step(minutes, 60)
    if len(hours) == 24:
        if every:
            return "every minute" if every == 1 else f"every {every} minutes"
        if len(minutes) <= _FEW:
            return "every hour at " + _enumerate(f":{m:02}" for m in minutes)
        return None
    if every and hours == list(range(hours[0], hours[-1] + 1)):
        unit = "minute" if every == 1 else f"{every} minutes"
        return f"every {unit} from {hours[0]:02}:00 to {hours[-1]:02}:59"
    if len(minutes) == 1 and len(hours) > 2 and (step := _step(hours, 24)):
        return f"every {step} hours" + (f" at :{minutes[0]:02}" if minutes[0] else "")
    if len(minutes) * len(hours) <= _FEW:
        return "at " + _enumerate(f"{h:02}:{m:02}" for h in hours for m in minutes)
    return None


def _step(numbers: list[int], size: int) -> int | None:
    """The step of numbers that go round the clock evenly from 0, else None."""
    step, rest = divmod(size, len(numbers))
    return step if len(numbers) > 1 and not rest and numbers == list(range(0, size, step)) else None


def _days(
    of_month_text: str, of_month: Field, of_week_text: str, of_week: Field, month: Field
) -> str | None:
    months = (
        ""
        if len(month.numbers) == 12
        else _enumerate(_MONTHS[m - 1] for m in sorted(month.numbers))
    )
    any_date, any_weekday = len(of_month.numbers) == 31, len(of_week.numbers) == 7
    if any_date and any_weekday:
        return f"every day in {months}" if months else "every day"
    dates = None if any_date else _dates(of_month, months)
    weekdays = None if any_weekday else _weekdays(of_week, months)
    if any_date or any_weekday:
        return dates if any_weekday else weekdays
    if of_month.starred or of_week.starred or dates is None or weekdays is None:
        return None  # both must hold, which no short phrase says
    return f"{dates} and {weekdays}"


def _dates(of_month: Field, months: str) -> str | None:
    numbers = sorted(of_month.numbers)
    if len(numbers) > _FEW:
        return None
    words = [_ordinal(number) for number in numbers] + ["last day"] * of_month.last_day
    return f"the {_enumerate(words)} of {months or 'every month'}"


def _weekdays(of_week: Field, months: str) -> str:
    numbers = of_week.numbers
    names = {frozenset({1, 2, 3, 4, 5}): ["weekdays"], frozenset({0, 6}): ["weekends"]}.get(
        numbers, [_WEEKDAYS[day] + "s" for day in sorted(numbers, key=lambda day: day or 7)]
    )
    nth = [f"the {_NTH[n]} {_WEEKDAYS[day]}" for day, n in sorted(of_week.nth)]
    if nth:
        return f"{_enumerate([*names, *nth])} of {months or 'every month'}"
    return _enumerate(names) + (f" in {months}" if months else "")


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"


def _enumerate(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
