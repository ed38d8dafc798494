"""What every executor must be."""

from typing import Protocol


class Executor(Protocol):
    """Tells agents that there is something to claim. A ring may be lost, doubled or forged."""

    name: str

    def ring(self) -> None:
        """Tell the agents to look for queued attempts."""
        ...

    def tell_watchers(self) -> None:
        """Tell those who show states to people that something changed."""
        ...
