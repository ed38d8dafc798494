"""Which hosts take the tasks of which queue.

A host names its queues, or none; who names none takes the tasks of queues that nobody names.
"""

from collections.abc import Iterable, Sequence, Set

Queues = Sequence[str] | None  #: what one host names; None = nothing


def named(of_hosts: Iterable[Queues]) -> frozenset[str]:
    """Return the queues that any of these hosts names."""
    return frozenset(name for queues in of_hosts for name in queues or ())


def takes(queues: Queues, queue: str, all_named: Set[str]) -> bool:
    """Say whether a host takes the tasks of a queue, given what all hosts name."""
    return queue not in all_named if queues is None else queue in queues


def is_served(queue: str, of_hosts: Sequence[Queues]) -> bool:
    """Say whether one of these hosts takes the tasks of a queue."""
    all_named = named(of_hosts)
    return any(takes(queues, queue, all_named) for queues in of_hosts)
