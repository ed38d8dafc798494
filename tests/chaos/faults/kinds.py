"""What a kind of fault is."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TypeVar

from chaos.plan import Range

T = TypeVar("T")


class Nobody(Exception):
    """There is nobody to whom the fault could be done at this moment."""


@dataclass(frozen=True)
class Pick:
    """Chooses among the possible victims as the plan has drawn it."""

    number: float

    def of(self, victims: Sequence[T]) -> T:
        """Return one of them.

        Raises:
            Nobody: there is none.
        """
        if not victims:
            raise Nobody
        return victims[int(self.number * len(victims)) % len(victims)]


@dataclass
class Touched:
    """Whom a fault has touched.

    Attributes:
        pids: of processes that it killed or stopped, and of all below these.
        hosts: whose agents it ended, or stopped while it lasts.
        host: all attempts of the host may be lost by it.
        actor: the scheduler that it killed, as the history names it.
    """

    pids: list[int] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    host: bool = False
    actor: str | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    Attributes:
        outage: while it lasts nobody can be expected to go on.
        outage_of: the one host of which that is true.
    """

    range: Range
    apply: Callable[[Pick], AbstractContextManager[Touched]]
    outage: bool = False
    outage_of: str | None = None
