"""Days of the week, and the branch that is chosen by them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from couture_operators.exceptions import DagDefinitionError


class WeekDay(IntEnum):
    """The days by their ISO numbers."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7

    @classmethod
    def get_weekday_number(cls, week_day_str: str) -> WeekDay:
        """The day of an English name; a sentence for any other text."""
        try:
            return cls[week_day_str.upper()]
        except KeyError:
            names = ", ".join(day.name.capitalize() for day in cls)
            raise DagDefinitionError(
                f"{week_day_str!r} is no day of the week; there are {names}."
            ) from None

    @classmethod
    def convert(cls, day: str | WeekDay) -> int:
        """The ISO number of a day."""
        return int(day if isinstance(day, WeekDay) else cls.get_weekday_number(day))

    @classmethod
    def validate_week_day(cls, week_day: Any) -> set[int]:
        """The ISO numbers of one day or of several."""
        if isinstance(week_day, str | WeekDay):
            return {cls.convert(week_day)}
        if isinstance(week_day, Iterable):
            return {cls.convert(day) for day in week_day}
        raise TypeError(f"week_day is a name, a WeekDay or several of them, not {week_day!r}.")
