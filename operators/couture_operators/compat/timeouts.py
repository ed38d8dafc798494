"""A time limit for a block of code, under the name of `airflow.utils.timeout`."""

from __future__ import annotations

import signal
import time
from contextlib import ContextDecorator
from typing import Any

from couture_operators.exceptions import AirflowTaskTimeout


class timeout(ContextDecorator):  # noqa: N801 - Airflow's name
    """Raise AirflowTaskTimeout in the block once its seconds are over; main thread only."""

    def __init__(self, seconds: float = 1, error_message: str = "Timeout"):
        self.seconds, self.error_message = seconds, error_message

    def handle_timeout(self, *_: Any) -> None:
        """Called when the time is over."""
        raise AirflowTaskTimeout(self.error_message)

    def __enter__(self) -> timeout:
        self._started = time.monotonic()
        self._handler = signal.signal(signal.SIGALRM, self.handle_timeout)
        #: the alarm of a limit around this one, such as the task's execution_timeout
        self._outer, _ = signal.setitimer(signal.ITIMER_REAL, self.seconds)
        return self

    def __exit__(self, *_: Any) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._handler)
        if self._outer:
            rest = self._outer - (time.monotonic() - self._started)
            signal.setitimer(signal.ITIMER_REAL, max(rest, 0.001))


TimeoutPosix = timeout
