"""Which faults come when: drawn from a seed, so that the same seed plans the same."""

import random
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """How often a kind of fault is drawn among the others, and how long one lasts, in seconds."""

    weight: float
    shortest: float = 0.0
    longest: float = 0.0


@dataclass(frozen=True)
class Planned:
    """One fault.

    Attributes:
        at: seconds after the beginning.
        pick: from 0 to 1, which of the possible victims it is.
    """

    number: int
    at: float
    kind: str
    seconds: float
    pick: float


def make_plan(
    seed: int, kinds: Mapping[str, Range], count: int, seconds: float, begin: float = 5.0
) -> list[Planned]:
    """Return `count` faults over `seconds`; each kind is drawn once before chance decides."""
    chance = random.Random(f"faults {seed}")
    names = sorted(kinds)
    chosen = chance.sample(names, min(count, len(names)))
    weights = [kinds[name].weight for name in names]
    chosen += chance.choices(names, weights, k=count - len(chosen))
    chance.shuffle(chosen)
    times = sorted(chance.uniform(begin, max(begin, seconds)) for _ in chosen)
    return [
        Planned(
            number,
            round(at, 2),
            kind,
            round(chance.uniform(kinds[kind].shortest, kinds[kind].longest), 2),
            round(chance.random(), 4),
        )
        for number, (at, kind) in enumerate(zip(times, chosen, strict=True))
    ]
