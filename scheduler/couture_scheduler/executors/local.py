"""The local executor: agents on this host, rung over unix sockets."""

from pathlib import Path

from couture_scheduler.ipc import Ringer


class LocalExecutor:
    """Rings every agent whose bell hangs in `bells`."""

    name = "local"

    def __init__(self, bells: Path):
        self._ringer = Ringer(bells)

    def ring(self) -> None:
        """Tell the agents to look for queued attempts."""
        self._ringer.ring("agent")

    def tell_watchers(self) -> None:
        """Tell the live connections that something changed."""
        self._ringer.ring("live")
