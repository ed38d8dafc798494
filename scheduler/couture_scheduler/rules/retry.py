"""When a failed task instance is tried again (Airflow's arithmetic), and one that was lost."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

_MAX_DELAY = timedelta(days=1)
#: between lost attempts: what took one host down may take the next down too
_AFTER_LOST = (timedelta(0), timedelta(seconds=10), timedelta(seconds=40))
_LONGEST = 3650 * 86400.0  #: seconds; a longer delay would lead out of the calendar


def retry_at(task: dict[str, Any], try_number: int, now: datetime, key: str) -> datetime:
    """Return the earliest time of the next try.

    With exponential back-off the delay doubles with each try, with a jitter that is derived from
    `key` (the attempt's token) so that equal tasks do not return all at once, capped by
    `max_retry_delay` or a day.
    """
    delay = timedelta(seconds=min(task.get("retry_delay", 300), _LONGEST))
    if task.get("retry_exponential_backoff"):
        delay = _backoff(delay, try_number, key)
        cap = task.get("max_retry_delay")
        delay = min(delay, timedelta(seconds=min(cap, _LONGEST)) if cap is not None else _MAX_DELAY)
    return now + delay


def _backoff(delay: timedelta, try_number: int, key: str) -> timedelta:
    seconds = delay.total_seconds() * 2 ** min(try_number - 1, 30)
    base = max(1, int(min(seconds, _LONGEST)))
    jitter = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % base
    return min(timedelta(seconds=base + jitter), _MAX_DELAY)


def start_again_at(lost_count: int, now: datetime) -> datetime | None:
    """Return when a task instance that was lost `lost_count` times starts again; None = at once."""
    pause = _AFTER_LOST[min(lost_count, len(_AFTER_LOST)) - 1]
    return now + pause if pause else None
