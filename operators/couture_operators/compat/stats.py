"""`airflow.stats.Stats`: accepted so that tasks which count things run; nothing is sent."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any


class Stats:
    """Metrics of a deployment come from the scheduler; those of a task go nowhere."""

    @classmethod
    def incr(cls, *_: Any, **__: Any) -> None:
        """Does nothing."""

    decr = gauge = timing = incr

    @classmethod
    def timer(cls, *_: Any, **__: Any) -> AbstractContextManager[None]:
        """A block whose time nobody takes."""
        return nullcontext()


__all__ = ["Stats"]
