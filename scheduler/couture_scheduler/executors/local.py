"""The local executor: agents on this host, rung over unix sockets."""

from collections.abc import Mapping
from pathlib import Path

from couture_scheduler.ipc import Ringer


class LocalExecutor:
    """Rings every agent whose bell hangs in `bells`."""

    name = "local"
    has_hosts = False

    def __init__(self, bells: Path):
        self._ringer = Ringer(bells)

    def ring(self, queued: Mapping[str, str]) -> None:
        """Have the agents look for queued attempts: these, and any others."""
        self._ringer.ring("agent")

    def ask(self) -> None:
        """Have the agents look for callbacks, and for attempts that people want to end."""
        self._ringer.ring("agent")

    def tell_watchers(self) -> None:
        """Tell the live connections that something changed."""
        self._ringer.ring("live")
