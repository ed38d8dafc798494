"""Schedules in words, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from couture_operators.cron import describe as describe_cron
from couture_operators.spans import Span

Expression = Mapping[str, Any]


def describe(schedule: Mapping[str, Any]) -> str:
    """The schedule in words, with the time zone where it is not UTC."""
    return _WORDS[schedule["type"]](schedule)


def in_words(expression: Expression) -> str:
    """Return an expression of assets for people: a and (b or c)."""
    if "asset" in expression:
        return expression["asset"]
    if "alias" in expression:
        return f"any asset of alias {expression['alias']}"
    joint = " and " if "all" in expression else " or "
    parts = expression.get("all") or expression.get("any") or ()
    return joint.join(_bracketed(one) for one in parts)


def _bracketed(expression: Expression) -> str:
    inner = expression.get("all") or expression.get("any") or ()
    return f"({in_words(expression)})" if len(inner) > 1 else in_words(expression)


def _cron(schedule: Mapping[str, Any]) -> str:
    return describe_cron(schedule["cron"]) + _zone(schedule)


def _crons(schedule: Mapping[str, Any]) -> str:
    told = dict.fromkeys(describe_cron(one) for one in schedule["crons"])
    return ", and ".join(told) + _zone(schedule)


def _zone(schedule: Mapping[str, Any]) -> str:
    zone = schedule.get("timezone", "UTC")
    return "" if zone == "UTC" else f" ({zone})"


def _interval(schedule: Mapping[str, Any]) -> str:
    step = Span.from_stored(schedule).words
    alone = step.startswith("1 ") and step.count(" ") == 1
    return f"every {step[2:] if alone else step}"


def _events(schedule: Mapping[str, Any]) -> str:
    dates = sorted(schedule["dates"])
    if len(dates) == 1:
        return f"once, at {dates[0]}"
    return f"at {len(dates)} given times" if dates else "never: no date is given"


def _custom(schedule: Mapping[str, Any]) -> str:
    return schedule.get("text") or f"as {schedule['name']} says"


def _assets(schedule: Mapping[str, Any]) -> str:
    expression = schedule["expression"]
    many = len(expression.get("all") or ()) > 1
    return f"when {in_words(expression)} {'are' if many else 'is'} updated"


def _assets_or_time(schedule: Mapping[str, Any]) -> str:
    return f"{describe(schedule['time'])}, and {_assets(schedule)}"


_WORDS = {
    "none": lambda _: "only when triggered",
    "once": lambda _: "once",
    "continuous": lambda _: "again and again, one run after the other",
    "cron": _cron,
    "cron_trigger": _crons,
    "interval": _interval,
    "delta_trigger": _interval,
    "events": _events,
    "custom": _custom,
    "assets": _assets,
    "assets_or_time": _assets_or_time,
}
