"""A trigger that waits for a file."""

from __future__ import annotations

import glob
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from couture_operators.triggers.base import BaseTrigger, TriggerEvent


class FileTrigger(BaseTrigger):
    """Waits for a file, or a folder with a file in it; the path may be a pattern."""

    def __init__(
        self, filepath: str, recursive: bool = False, poke_interval: float = 5.0, **kwargs: Any
    ):
        super().__init__()
        self.filepath, self.recursive = filepath, recursive
        self.poke_interval = kwargs.get("poll_interval") or poke_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and what it waits for."""
        return f"{FileTrigger.__module__}.FileTrigger", {
            "filepath": self.filepath,
            "recursive": self.recursive,
            "poke_interval": self.poke_interval,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look every `poke_interval` seconds."""
        import asyncio  # the base zygote does without it

        while not self._is_there():  # noqa: ASYNC110 - nobody tells when a file is there
            await asyncio.sleep(self.poke_interval)
        yield TriggerEvent(True)

    def _is_there(self) -> bool:
        found = map(Path, glob.iglob(self.filepath, recursive=self.recursive))  # noqa: PTH207
        return any(
            path.is_file() or any(inside.is_file() for inside in path.rglob("*")) for path in found
        )
