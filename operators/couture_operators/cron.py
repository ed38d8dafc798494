"""Cron expressions: a pure parser and iterator with time zones.

Five fields (minute, hour, day of month, month, day of week) with names, lists, ranges, steps
(`*/15`, `10-40/5`, and `5/15` for "from 5 on"), `7` for Sunday, `L` for the last day of a month,
`5L` or `L5` for its last Friday, `1#2` for its second Monday, `?` for `*` in a day field, and the
presets (`@daily`, ...). When day of month and day of week are both restricted (neither starts with
`*`), either of them suffices.

Clock changes follow Debian's cron(8); docs/scheduling-times.md has the table. A job "at
fixed times" is one whose minute and hour fields both start without a `*`; for changes of less than
three hours it
- runs once right after the change when the clock jumped over its time, and
- runs at the first of the two when the clock repeats its time.
All other jobs follow the clock on the wall: they run at each matching minute that really happens.

Results are UTC. Nothing here reads the clock.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from couture_operators.cron_fields import FIELDS, PRESETS, CronError, DayRule, parse_field, split
from couture_operators.cron_words import describe
from couture_operators.dates import plain_utc, zone_of

_DAY = dt.timedelta(days=1)
_MINUTE = dt.timedelta(minutes=1)
_CORRECTION = dt.timedelta(hours=3)  # a change of the clock this big is no daylight saving


class Cron:
    """A cron expression in a time zone; CronError with a sentence for one that cannot be meant."""

    def __init__(self, expression: str, timezone: str = "UTC"):
        self.expression = expression
        self.timezone = timezone
        parts = split(expression)
        parse = {
            name: parse_field(name, part, expression)
            for name, part in zip(FIELDS, parts, strict=True)
        }
        hours, minutes = parse["hour"].numbers, parse["minute"].numbers
        self._minutes = sorted(60 * hour + minute for hour in hours for minute in minutes)
        self._months = parse["month"].numbers
        self._days = DayRule(parse["day of month"], parse["day of week"])
        self._near: dt.date | None = None
        self._near_times: list[dt.datetime] = []
        self._at_fixed_times = not (parts[0][0] == "*" or parts[1][0] == "*")
        try:
            self._zone = zone_of(timezone)
        except (KeyError, ValueError, OSError) as err:
            raise CronError(f"There is no time zone {timezone!r}.") from err
        if not self._days.happens(self._months):
            raise CronError(f"{expression!r} never happens: no such day exists in any year.")

    def next(self, after: dt.datetime) -> dt.datetime:
        """The first time later than `after` (which must have a time zone)."""
        after = plain_utc(after)
        for day in self._days_from(after.astimezone(self._zone).date() - _DAY):
            if (offset := self._calm_offset(day)) is not None:
                midnight = _utc(day) - offset
                place = bisect_right(self._minutes, (after - midnight) // _MINUTE)
                if place < len(self._minutes):
                    return midnight + self._minutes[place] * _MINUTE
            elif (place := bisect_right(times := self._around(day), after)) < len(times):
                return times[place]
        raise CronError(f"{self.expression!r} has no time after {after}.")

    def prev(self, before: dt.datetime) -> dt.datetime:
        """The last time earlier than `before` (which must have a time zone)."""
        before = plain_utc(before)
        for day in self._days_back(before.astimezone(self._zone).date() + _DAY):
            if (offset := self._calm_offset(day)) is not None:
                midnight = _utc(day) - offset
                # rounded up: a time in the minute that `before` has begun lies before it
                place = bisect_left(self._minutes, -((midnight - before) // _MINUTE))
                if place:
                    return midnight + self._minutes[place - 1] * _MINUTE
            elif place := bisect_left(times := self._around(day), before):
                return times[place - 1]
        raise CronError(f"{self.expression!r} has no time before {before}.")

    # Which days, in which order

    def _days_from(self, first: dt.date) -> Iterator[dt.date]:
        for year in range(first.year, dt.MAXYEAR):
            for month in sorted(self._months):
                if (year, month) >= (first.year, first.month):
                    for day in self._days.of_month(year, month):
                        if (date := dt.date(year, month, day)) >= first:
                            yield date

    def _days_back(self, last: dt.date) -> Iterator[dt.date]:
        for year in range(last.year, dt.MINYEAR, -1):
            for month in sorted(self._months, reverse=True):
                if (year, month) <= (last.year, last.month):
                    for day in reversed(self._days.of_month(year, month)):
                        if (date := dt.date(year, month, day)) <= last:
                            yield date

    # When the clock changes

    def _calm_offset(self, day: dt.date) -> dt.timedelta | None:
        """The offset from UTC if it does not change on the day or on the days beside it."""
        midnight = dt.datetime(day.year, day.month, day.day, tzinfo=self._zone)
        offset = midnight.utcoffset()
        near = (-_DAY, _DAY, 2 * _DAY)
        calm = all((midnight + step).utcoffset() == offset for step in near)
        return offset if calm else None

    def _around(self, day: dt.date) -> list[dt.datetime]:
        """All times of a day and of those beside it: a repeated hour may cross midnight.

        Two days before, because the search backwards begins a day late.
        Kept for the last day, because its times are asked for one by one.
        """
        if self._near != day:
            days = [day + step * _DAY for step in (-2, -1, 0, 1)]
            self._near_times = sorted({moment for date in days for moment in self._on(date)})
            self._near = day
        return self._near_times

    def _on(self, date: dt.date) -> list[dt.datetime]:
        of_month = self._days.of_month(date.year, date.month)
        if date.month not in self._months or date.day not in of_month:
            return []
        if (offset := self._calm_offset(date)) is not None:
            midnight = _utc(date) - offset
            return [midnight + minute * _MINUTE for minute in self._minutes]
        midnight = _naive(date)
        walls = (midnight + minute * _MINUTE for minute in self._minutes)
        return [moment for wall in walls for moment in self._moments(wall)]

    def _moments(self, wall: dt.datetime) -> list[dt.datetime]:
        """When a job for this time on the wall runs: once, twice or not at all."""
        first = _offset(wall.replace(tzinfo=self._zone))
        second = _offset(wall.replace(tzinfo=self._zone, fold=1))
        earlier, later = ((wall - offset).replace(tzinfo=dt.UTC) for offset in (first, second))
        if first == second:
            return [earlier]
        caught_up = self._at_fixed_times and abs(first - second) < _CORRECTION
        if first > second:
            return [earlier] if caught_up else [earlier, later]
        return [self._change_between(later, earlier)] if caught_up else []

    def _change_between(self, low: dt.datetime, high: dt.datetime) -> dt.datetime:
        """The second at which the offset changes, given a moment before and one after."""
        old = _offset(low.astimezone(self._zone))
        while high - low > dt.timedelta(seconds=1):
            middle = low + dt.timedelta(seconds=(high - low) // dt.timedelta(seconds=2))
            if _offset(middle.astimezone(self._zone)) == old:
                low = middle
            else:
                high = middle
        return high


def _naive(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)


def _utc(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def _offset(moment: dt.datetime) -> dt.timedelta:
    return moment.utcoffset() or dt.timedelta(0)


__all__ = ["PRESETS", "Cron", "CronError", "describe"]
