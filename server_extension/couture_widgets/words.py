"""States, durations and moments in words, as JupyterLab's panels say them."""

from collections.abc import Mapping
from datetime import UTC, datetime

STATES = (
    "success",
    "running",
    "up_for_retry",
    "failed",
    "upstream_failed",
    "up_for_reschedule",
    "skipped",
    "deferred",
    "queued",
    "scheduled",
    "none",
)
ENDED = frozenset({"success", "failed", "upstream_failed", "skipped"})
ACTIVE_RUN = frozenset({"queued", "running"})
_ALIASES = {"restarting": "running"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def state_name(state: str | None) -> str:
    """Return the state whose colour and mark stand for this one."""
    found = _ALIASES.get(state or "", state)
    return found if found in STATES else "none"


def state_words(state: str | None) -> str:
    """Return "Upstream failed", "Not started"."""
    words = "not started" if state in (None, "none") else state.replace("_", " ")
    return words[:1].upper() + words[1:]


def sorted_counts(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts in the order of STATES, without zeros."""
    sums: dict[str, int] = dict.fromkeys(STATES, 0)
    for state, number in counts.items():
        sums[state_name(state)] += number
    return [(state, number) for state, number in sums.items() if number]


def duration(seconds: float | None) -> str:
    """Return "42 ms", "0.4 s", "31 s", "2 m 14 s", "1 h 05 m", "3 d 4 h"."""
    if seconds is None:
        return ""
    seconds = max(0.0, seconds)
    if 0 < seconds < 0.0995:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    return elapsed(round(seconds))


def elapsed(seconds: float) -> str:
    """Return a duration in whole seconds, for figures that tick."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} m {whole % _MINUTE:02} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} m"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def moment(at: datetime, now: datetime) -> str:
    """Return "today 02:00 UTC", "Mon 23 Nov 06:30 CET" in this machine's zone, which is named."""
    local, today = at.astimezone(), now.astimezone().date()
    distance = (local.date() - today).days
    if abs(distance) <= 1:
        day = ("yesterday", "today", "tomorrow")[distance + 1]
    elif local.year == today.year:
        day = f"{local:%a} {local.day} {local:%b}"
    else:
        day = f"{local.day} {local:%b %Y}"
    return f"{day} {local:%H:%M} {local.tzname()}"


def until(at: datetime, now: datetime) -> str:
    """Return "in 3 h 5 min", "now" for the past and the present."""
    seconds = (at - now).total_seconds()
    if seconds < 1:
        return "now"
    if seconds < _MINUTE:
        return f"in {round(seconds)} s"
    if seconds < _DAY:
        hours, minutes = divmod(round(seconds / _MINUTE), 60)
        return "in " + " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n)
    return f"in {count(round(seconds / _DAY), 'day')}"


def utc(at: datetime) -> str:
    """Return "Mon 2026-11-23 01:30:00 UTC", for tooltips."""
    return f"{at.astimezone(UTC):%a %Y-%m-%d %H:%M:%S} UTC"


def count(number: int, noun: str) -> str:
    """Return "1 task", "4 tasks"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def capital(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]
