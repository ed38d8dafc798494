"""BaseTrigger: a condition that a task waits for without running.

A trigger whose `resume_at` is a moment costs nothing while it waits: the engine starts the task
again at that moment. Any other is awaited inside the attempt's process.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any


class TriggerEvent:
    """What a trigger tells the task that waited for it."""

    def __init__(self, payload: Any = None):
        self.payload = payload

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TriggerEvent) and other.payload == self.payload

    __hash__ = None  # type: ignore[assignment] # compared by a payload that may change

    def __repr__(self) -> str:
        return f"TriggerEvent<{self.payload!r}>"


class BaseTrigger(ABC):
    """Subclasses say in `run` what they wait for and in `serialize` how they are made again."""

    def __init__(self, **kwargs: Any):
        self.log = logging.getLogger("couture.task")

    @property
    def resume_at(self) -> datetime | None:
        """The moment that this waits for, None when it waits for something else."""
        return None

    @abstractmethod
    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The import path of the class and the arguments to make an equal trigger."""

    @abstractmethod
    def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait; the first event that is yielded goes to the task."""

    async def cleanup(self) -> None:  # noqa: B027 - most have nothing to clean up
        """Called when `run` is over or was given up."""
