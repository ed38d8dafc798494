"""How a scheduler does: how long its turns take, and how late runs are made and started.

Figures are those of one scheduler since it was started; it writes them with its sign of life, and
those who watch sum over the schedulers that are there.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from couture_scheduler.states import RunType

TURN = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
LATE = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


@dataclass
class Histogram:
    """How often a figure was up to each bound, or above the last one.

    Attributes:
        counts: of each bound alone, those of the bounds below are not in it; the last is above all.
    """

    bounds: Sequence[float]
    counts: list[int] = field(default_factory=list)
    sum: float = 0.0

    def __post_init__(self) -> None:
        self.counts = list(self.counts) or [0] * (len(self.bounds) + 1)

    def observe(self, seconds: float) -> None:
        """Count one more figure."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.sum += seconds

    def add(self, other: "Histogram") -> None:
        """Count all that another one has counted; one with other bounds is of another release."""
        if tuple(other.bounds) == tuple(self.bounds):
            self.counts = [a + b for a, b in zip(self.counts, other.counts, strict=True)]
            self.sum += other.sum

    def to_json(self) -> dict[str, Any]:
        """Return what `Histogram(**it)` is made from."""
        return {"bounds": list(self.bounds), "counts": self.counts, "sum": round(self.sum, 6)}


class LoopFigures:
    """Figures of one scheduler."""

    def __init__(self) -> None:
        self.turns = Histogram(TURN)
        self.created = Histogram(LATE)
        self.started = Histogram(LATE)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Time a turn of the loop; one that fails counts too."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.turns.observe(time.perf_counter() - began)

    def note_starts(self, runs: Iterable[Any], now: datetime) -> None:
        """Count how late scheduled runs were made and started, each at its first start.

        Args:
            runs: with the start_date that they were given now, or had been given before.
        """
        for run in runs:
            if run.run_type == RunType.SCHEDULED and run.start_date == now and run.queued_at:
                self.created.observe(_late(run, run.queued_at))
                self.started.observe(_late(run, now))

    def to_json(self) -> dict[str, Any]:
        """Return all of them as they are stored."""
        return {name: one.to_json() for name, one in vars(self).items()}


def _late(run: Any, moment: datetime) -> float:
    return max(0.0, (moment - run.run_after).total_seconds())


def total(stored: Iterable[dict[str, Any] | None]) -> LoopFigures:
    """Return the sum of what schedulers have stored; None = one that has stored nothing."""
    figures = LoopFigures()
    for one in filter(None, stored):
        for name, sums in vars(figures).items():
            if name in one:
                sums.add(Histogram(**one[name]))
    return figures
