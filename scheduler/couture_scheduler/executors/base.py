"""What every executor must be."""

from collections.abc import Mapping
from typing import Protocol


class Executor(Protocol):
    """Tells agents that there is something to do. A ring may be lost, doubled or forged.

    Attributes:
        has_hosts: whether attempts run on several hosts, which others take over when they are silent.
    """

    name: str
    has_hosts: bool

    def ring(self, queued: Mapping[str, str]) -> None:
        """Have these attempts claimed; given are their queues by their tokens."""
        ...

    def ask(self) -> None:
        """Have the agents look for callbacks, and for attempts that people want to end."""
        ...

    def tell_watchers(self) -> None:
        """Tell those who show states to people that something changed."""
        ...
