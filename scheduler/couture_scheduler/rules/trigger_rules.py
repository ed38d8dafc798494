"""The trigger rules: what the states above a task say of it.

Airflow's behaviour (`TriggerRuleDep`): a rule that can no longer be met turns the task into
`upstream_failed` or `skipped`; one that may still be met makes it wait.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from couture_scheduler.states import TaskState

T = TaskState


@dataclass(frozen=True)
class RuleOutcome:
    """`becomes` is the state that the task takes without running; None = ready or waiting."""

    passed: bool
    becomes: TaskState | None = None


READY = RuleOutcome(True)
WAIT = RuleOutcome(False)
SKIP = RuleOutcome(False, T.SKIPPED)
DOOMED = RuleOutcome(False, T.UPSTREAM_FAILED)


class Upstream(NamedTuple):
    """Counts of the states above a task; instances that were removed are not counted at all.

    Attributes:
        setups: how many of them are instances of setup tasks; so many of these succeeded and were
            skipped.
    """

    total: int
    success: int
    failed: int
    upstream_failed: int
    skipped: int
    setups: int = 0
    setups_success: int = 0
    setups_skipped: int = 0

    @property
    def bad(self) -> int:
        """How many failed, themselves or through others."""
        return self.failed + self.upstream_failed

    @property
    def done(self) -> int:
        """How many will not move any more."""
        return self.success + self.bad + self.skipped

    @property
    def all_done(self) -> bool:
        """Whether none of them will move any more."""
        return self.done >= self.total


class Above(NamedTuple):
    """A task above, with how many of the instances that matter are in which state."""

    task_id: str
    states: Mapping[str, int]
    is_setup: bool = False


def count(above: Iterable[Above]) -> Upstream:
    """Count the states above a task."""
    states: dict[str, int] = {}
    setups: dict[str, int] = {}
    for _, counts, is_setup in above:
        for state, number in counts.items():
            states[state] = states.get(state, 0) + number
            if is_setup:
                setups[state] = setups.get(state, 0) + number
    return Upstream(
        sum(states.values()) - states.get(T.REMOVED, 0),
        states.get(T.SUCCESS, 0),
        states.get(T.FAILED, 0),
        states.get(T.UPSTREAM_FAILED, 0),
        states.get(T.SKIPPED, 0),
        sum(setups.values()) - setups.get(T.REMOVED, 0),
        setups.get(T.SUCCESS, 0),
        setups.get(T.SKIPPED, 0),
    )


def _all_success(up: Upstream) -> RuleOutcome:
    if up.bad:
        return DOOMED
    if up.skipped:
        return SKIP
    return READY if up.success >= up.total else WAIT


def _all_failed(up: Upstream) -> RuleOutcome:
    if up.success or up.skipped:
        return SKIP
    return READY if up.bad >= up.total else WAIT


def _all_done(up: Upstream) -> RuleOutcome:
    return READY if up.all_done else WAIT


def _all_skipped(up: Upstream) -> RuleOutcome:
    if up.success or up.bad:
        return SKIP
    return READY if up.skipped >= up.total else WAIT


def _one_success(up: Upstream) -> RuleOutcome:
    if up.success:
        return READY
    if not up.all_done:
        return WAIT
    return SKIP if up.skipped >= up.total else DOOMED


def _one_failed(up: Upstream) -> RuleOutcome:
    if up.bad:
        return READY
    return SKIP if up.all_done else WAIT


def _one_done(up: Upstream) -> RuleOutcome:
    if up.success or up.failed:
        return READY
    return SKIP if up.all_done else WAIT


def _none_failed(up: Upstream) -> RuleOutcome:
    if up.bad:
        return DOOMED
    return READY if up.all_done else WAIT


def _none_failed_min_one_success(up: Upstream) -> RuleOutcome:
    if up.bad:
        return DOOMED
    if not up.all_done:
        return WAIT
    return READY if up.success else SKIP


def _none_skipped(up: Upstream) -> RuleOutcome:
    if up.skipped:
        return SKIP
    return READY if up.all_done else WAIT


def _all_done_setup_success(up: Upstream) -> RuleOutcome:
    if not up.all_done:
        return WAIT
    if up.setups_success or not up.setups:
        return READY
    return SKIP if up.setups_skipped >= up.setups else DOOMED


def _all_done_min_one_success(up: Upstream) -> RuleOutcome:
    if up.skipped:
        return SKIP
    if not up.all_done:
        return WAIT
    return READY if up.success else DOOMED


TRIGGER_RULES: dict[str, Callable[[Upstream], RuleOutcome]] = {
    "all_success": _all_success,
    "all_failed": _all_failed,
    "all_done": _all_done,
    "all_skipped": _all_skipped,
    "one_success": _one_success,
    "one_failed": _one_failed,
    "one_done": _one_done,
    "none_failed": _none_failed,
    "none_failed_min_one_success": _none_failed_min_one_success,
    "none_skipped": _none_skipped,
    "all_done_setup_success": _all_done_setup_success,
    "all_done_min_one_success": _all_done_min_one_success,
    "always": lambda _: READY,
}
_OLD_NAMES = {"none_failed_or_skipped": "none_failed_min_one_success", "dummy": "always"}
#: they start on the first instance above that ends so, whichever it is
FAST = frozenset({"one_success", "one_failed", "one_done"})


def apply(rule: str, above: Sequence[Above]) -> RuleOutcome:
    """Apply the rule named `rule`; a task with nothing left above it is always ready."""
    up = count(above)
    return TRIGGER_RULES[_OLD_NAMES.get(rule, rule)](up) if up.total else READY


def of_setups(above: Sequence[Above]) -> RuleOutcome:
    """Apply what holds for the setups in whose scope a task stands: they must have succeeded.

    One that failed or was skipped decides at once, without waiting for the others.
    """
    return _all_success(count(above))
