"""The clock of sensors and of tasks that wait for runs, in one place so that tests replace it."""

from __future__ import annotations

import datetime as dt
import time


def now() -> dt.datetime:
    """The present moment in UTC."""
    return dt.datetime.now(dt.UTC)


def sleep(seconds: float) -> None:
    """Do nothing for a while; a SIGTERM ends it."""
    time.sleep(max(seconds, 0))
