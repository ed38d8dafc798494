"""The eleven trigger rules: what the states above a task say of it.

Airflow's behaviour (`TriggerRuleDep`): a rule that can no longer be met turns the task into
`upstream_failed` or `skipped`; one that may still be met makes it wait.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from couture_scheduler.states import FINISHED, TaskState

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


@dataclass(frozen=True)
class Upstream:
    """Counts of the states above a task; a removed task counts as a success."""

    total: int
    success: int
    failed: int
    upstream_failed: int
    skipped: int

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


def count(states: Sequence[str]) -> Upstream:
    """Count the states above a task."""
    counts = Counter(state for state in states if state in FINISHED)
    return Upstream(
        len(states),
        counts[T.SUCCESS] + counts[T.REMOVED],
        counts[T.FAILED],
        counts[T.UPSTREAM_FAILED],
        counts[T.SKIPPED],
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
    "always": lambda _: READY,
}


def apply(rule: str, states: Sequence[str]) -> RuleOutcome:
    """Apply the rule named `rule`; a task with nothing above it is always ready."""
    return TRIGGER_RULES[rule](count(states)) if states else READY
