"""Dynamic task mapping: how many instances a task has, and which instances depend on which.

A task has one instance per index of everything that maps it: the mapped groups round it, from the
outermost to the innermost, and its own `expand`. The index of the outer varies slowest.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

#: (task_id, key) -> length of what the task pushed under it; None = not known yet
Lengths = Callable[[str, str], int | None]


@dataclass(frozen=True)
class Scope:
    """One thing that is mapped: a task or a group of tasks.

    Attributes:
        name: unlike any other scope's of the DAG.
        inputs: of the serialized `mapped`.
    """

    name: str
    inputs: tuple[dict[str, Any], ...] = field(hash=False)


def count(scopes: Sequence[Scope], lengths: Lengths) -> int | None:
    """Return how many instances what stands in `scopes` has; None = not known yet."""
    total = 1
    for scope in scopes:
        for one in scope.inputs:
            length = one["length"] if "expr" not in one else expression(one["expr"], lengths)
            if length is None:
                return None
            total *= length
    return total


def expression(expr: dict[str, Any], lengths: Lengths) -> int | None:
    """Return the length of what an XComArg expression stands for; None = not known yet."""
    if "literal" in expr:
        return expr["literal"]
    if "xcom" in expr:
        return lengths(expr["xcom"], expr.get("key") or "return_value")
    if "map" in expr:
        return expression(expr["map"], lengths)
    parts = [expression(part, lengths) for part in expr.get("zip") or expr["concat"]]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if "concat" in expr:
        return sum(known)
    return max(known) if expr.get("longest") else min(known)


def producers(scopes: Sequence[Scope]) -> set[str]:
    """Return the tasks whose values decide how many instances there are."""
    return {
        task_id
        for scope in scopes
        for one in scope.inputs
        if "expr" in one
        for task_id in _references(one["expr"])
    }


def _references(expr: dict[str, Any]) -> Iterator[str]:
    if "xcom" in expr:
        yield expr["xcom"]
    inner = [expr["map"]] if "map" in expr else expr.get("zip") or expr.get("concat") or ()
    for part in inner:
        yield from _references(part)


def shared(one: Sequence[Scope], other: Sequence[Scope]) -> int:
    """Return how many scopes, from the outermost on, two tasks stand in together."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine.name != theirs.name:
            break
        same += 1
    return same


def matching(
    below: Sequence[Scope], above: Sequence[Scope], index: int, lengths: Lengths
) -> range | None:
    """Return the indexes of the task above on which instance `index` of the task below depends.

    None = on all of them: no mapped group holds both, or a length is not known.
    """
    same = shared(below, above)
    if not same or index < 0:
        return None
    if same == len(below) == len(above):
        return range(index, index + 1)
    groups = count(below[:same], lengths)
    mine, theirs = count(below, lengths), count(above, lengths)
    if not groups or not mine or theirs is None:
        return None
    group, width = index * groups // mine, theirs // groups
    return range(group * width, (group + 1) * width)
