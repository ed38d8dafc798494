"""Looks at the deployment's processes every few seconds and writes down who is there."""

import threading
import time
from typing import Any

from chaos import processes
from chaos.stacks.base import Stack

_SECONDS = 2.0


class Watch:
    """A thread that takes the census.

    Attributes:
        seen: one dictionary a process and look: wall, pid, born, role, token.
    """

    def __init__(self, stack: Stack):
        self._stack = stack
        self.seen: list[dict[str, Any]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="census", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_SECONDS):
            self.look()

    def look(self) -> None:
        """Take the census now."""
        wall = time.time()
        for one in self._stack.processes():
            self.seen.append(
                {
                    "wall": wall,
                    "pid": one.pid,
                    "born": one.born,
                    "role": processes.role(one),
                    "token": one.token,
                }
            )

    def resources(self) -> dict[str, dict[str, float]]:
        """Return memory and files of schedulers and agent, the largest of each role."""
        found: dict[str, dict[str, float]] = {}
        for role in ("scheduler", "agent"):
            used = [
                pair
                for one in self._stack.of_role(role)
                if (pair := processes.memory_and_files(one.pid))
            ]
            found[role] = {
                "megabytes": max(memory for memory, _ in used) / 1e6,
                "files": max(files for _, files in used),
            }
        return found
