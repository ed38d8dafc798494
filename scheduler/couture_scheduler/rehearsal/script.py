"""How the tasks of a simulation behave: how long they take, which fail, which branch they choose."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from couture_scheduler.states import AttemptState
from couture_scheduler.store.attempts import Ending

_ANY = "*"
_USUAL = (60.0, 60.0)
_FAILED = "It fails in this simulation."


@dataclass(frozen=True)
class Script:
    """What tasks do; `*` stands for those that are not named. The same seed gives the same.

    Attributes:
        seed: of what is left to chance.
        durations: seconds, from and to.
        failures: from 1 on: so many tries of each run fail; below 1: each try with this chance.
        branches: the tasks directly below that a task chooses; the others are skipped. Without an
            entry all of them are followed.
        skips: tasks that end as skipped.
        lengths: how many values a task returns over which others are mapped.
    """

    seed: int = 0
    durations: Mapping[str, Sequence[float]] = field(default_factory=dict)
    failures: Mapping[str, float] = field(default_factory=dict)
    branches: Mapping[str, Sequence[str]] = field(default_factory=dict)
    skips: Sequence[str] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)

    def play(self, row: Any, task: Mapping[str, Any]) -> tuple[timedelta, Ending]:
        """Return how long an attempt takes and how it ends."""
        chance = random.Random(  # noqa: S311 - a play, no secret
            f"{self.seed}/{row.run_id}/{row.task_id}/{row.map_index}/{row.try_number}"
        )
        low, high = _of(self.durations, row.task_id, _USUAL)
        seconds = timedelta(seconds=round(chance.uniform(low, high), 3))
        limit = task.get("execution_timeout")
        if limit is not None and seconds.total_seconds() > limit:
            late = Ending(row.token, AttemptState.FAILED, "Its execution_timeout was over.")
            return timedelta(seconds=limit), late
        return seconds, self._ending(row, task, chance)

    def _ending(self, row: Any, task: Mapping[str, Any], chance: random.Random) -> Ending:
        fails = _of(self.failures, row.task_id, 0)
        if row.try_number <= fails if fails >= 1 else chance.random() < fails:
            return Ending(row.token, AttemptState.FAILED, _FAILED, reported=True)
        if row.task_id in self.skips:
            return Ending(row.token, AttemptState.SKIPPED, "It skips itself.", reported=True)
        chosen = self.branches.get(row.task_id)
        left_out = [] if chosen is None else [t for t in task["downstream"] if t not in chosen]
        return Ending(row.token, AttemptState.SUCCESS, skip=tuple(left_out), reported=True)

    def length(self, task_id: str) -> int:
        """Return how many values a task returns."""
        return _of(self.lengths, task_id, 1)


def _of(named: Mapping[str, Any], task_id: str, usual: Any) -> Any:
    return named.get(task_id, named.get(_ANY, usual))
