"""Spans of time between runs: a fixed duration, or one with months, whose lengths vary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from couture_operators.dates import words
from couture_operators.exceptions import DagDefinitionError

_FIELDS = ("days", "hours", "minutes", "seconds", "microseconds")
_ABSOLUTE = ("year", "month", "day", "weekday", "hour", "minute", "second", "microsecond")


@dataclass(frozen=True)
class Span:
    """Months of the calendar and a duration."""

    rest: dt.timedelta = dt.timedelta()
    months: int = 0

    @classmethod
    def of(cls, value: Any) -> Span:
        """The span of a timedelta or relativedelta, 1 second at least; a sentence for others."""
        if isinstance(value, dt.timedelta):
            span = cls(dt.timedelta(seconds=value.total_seconds()))
        elif all(hasattr(value, name) for name in (*_FIELDS, "months", "years")):
            span = _of_relativedelta(value)
        else:
            raise DagDefinitionError(f"A schedule's interval must be a timedelta, not {value!r}.")
        shortest = dt.timedelta(days=28 * span.months) + span.rest
        if shortest < dt.timedelta(seconds=1) or span.months < 0:
            raise DagDefinitionError(
                f"A schedule's interval must be 1 second or more, not {value}."
            )
        return span

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Span:
        """The span of a stored schedule."""
        return cls(dt.timedelta(seconds=stored["seconds"]), stored.get("months", 0))

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        months = {"months": self.months} if self.months else {}
        return {"seconds": self.rest.total_seconds(), **months}

    def after(self, moment: dt.datetime, count: int = 1) -> dt.datetime:
        """The moment that lies so many spans after another; before it when the count is negative.

        A day that a month does not have becomes its last one.
        """
        if self.months:
            from dateutil.relativedelta import relativedelta

            moment += relativedelta(months=self.months * count)
        return moment + self.rest * count

    @property
    def average(self) -> dt.timedelta:
        """About how long the span is."""
        return dt.timedelta(days=30.436875 * self.months) + self.rest

    @property
    def words(self) -> str:
        """The span in words: "1 month 2 days"."""
        parts = []
        for name, count in zip(("year", "month"), divmod(self.months, 12), strict=True):
            if count:
                parts.append(f"{count} {name}{'s' * (count != 1)}")
        if self.rest or not parts:
            parts.append(words(self.rest))
        return " ".join(parts)


def _of_relativedelta(value: Any) -> Span:
    if any(getattr(value, name, None) is not None for name in _ABSOLUTE):
        raise DagDefinitionError(
            f"The interval {value!r} sets parts of a date; use a cron such as '0 0 1 * *'."
        )
    rest = dt.timedelta(**{name: getattr(value, name) for name in _FIELDS})
    return Span(rest, int(value.years) * 12 + int(value.months))


def fixed(value: Any) -> dt.timedelta:
    """A duration, also of a relativedelta without months and years."""
    if isinstance(value, dt.timedelta):
        return dt.timedelta(seconds=value.total_seconds())
    span = Span.of(value)
    if span.months:
        raise DagDefinitionError(f"What a run covers must be a timedelta, not {value!r}.")
    return span.rest
