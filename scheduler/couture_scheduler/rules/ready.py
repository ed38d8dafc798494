"""READY_RULES: may this task instance start now, and if not, why not, in a sentence."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from couture_scheduler.rules import mapping, trigger_rules
from couture_scheduler.rules.plan import TaskPlan
from couture_scheduler.rules.trigger_rules import Above
from couture_scheduler.states import FINISHED, RunState, TaskState

T = TaskState
_GOOD = frozenset({T.SUCCESS, T.SKIPPED})


@dataclass(frozen=True)
class Verdict:
    """What one rule says.

    Attributes:
        becomes: the state that the task instance takes without running.
        due_at: when it may be different.
    """

    name: str
    passed: bool
    reason: str
    becomes: TaskState | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Past:
    """The run before this one, as depends_on_past looks at it.

    Attributes:
        states: in which states each task's instances are there.
        ran_before: tasks that are not in it but in a run that is earlier still.
    """

    logical_date: datetime
    catchup: bool
    states: Mapping[str, Collection[str]]
    ran_before: Collection[str] = ()


@dataclass(slots=True)
class View:
    """A task instance with all that the rules look at.

    Attributes:
        above: what is directly above it.
        setups: the other setups in whose scope it stands.
        past: the run before this one; None = there is none.
        limits: name -> (taken, size) of the limits that hold for it; filled when slots are given.
        is_asked: somebody wants to know what it waits for; the scheduler does not.
    """

    task: TaskPlan
    row: Any
    above: Sequence[Above]
    now: datetime
    run_state: str = RunState.RUNNING
    is_paused: bool = False
    setups: Sequence[Above] = ()
    past: Past | None = None
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    is_asked: bool = False


Rule = Callable[[View], Verdict]


# verdicts that are given for every task of every look, made once
_RUNNING = Verdict("Run is running", True, "The run is running.")
_IS_ON = Verdict("DAG is on", True, "The DAG is on.")
_NO_DELAY = Verdict("Delay is over", True, "It waits for no point in time.")
_NOT_LEFT_OUT = Verdict("Branch was taken", True, "No branch left it out.")
_NO_SETUP = Verdict("Setup tasks", True, "It waits for no setup.")
_NO_PAST = Verdict("Previous run", True, "It does not depend on an earlier run.")


def run_is_running(view: View) -> Verdict:
    """The DAG run must have been started and not have ended."""
    name = "Run is running"
    if view.run_state == RunState.RUNNING:
        return _RUNNING
    if view.run_state == RunState.QUEUED:
        return Verdict(
            name, False, "The run waits to be started: other runs of the DAG are active."
        )
    return Verdict(name, False, f"The run has ended ({view.run_state}).")


def dag_is_on(view: View) -> Verdict:
    """A paused DAG starts nothing, as in Airflow."""
    if view.is_paused:
        return Verdict("DAG is on", False, "The DAG is paused. Switch it on to go on.")
    return _IS_ON


_DUE = {
    T.NONE: "Waiting to be started again at {due:%H:%M:%S} UTC: its attempt was lost.",
    T.UP_FOR_RETRY: "Waiting for its next try at {due:%H:%M:%S} UTC.",
    T.DEFERRED: "Waiting without a process until {due:%Y-%m-%d %H:%M:%S} UTC (deferred).",
}


def delay_is_over(view: View) -> Verdict:
    """A retry, a rescheduled sensor or a deferred task waits for its time."""
    due = view.row.due_at
    if due is None or due <= view.now:
        return _NO_DELAY
    words = _DUE.get(view.row.state, "Waiting for its next look at {due:%H:%M:%S} UTC.")
    return Verdict("Delay is over", False, words.format(due=due), due_at=due)


def branch_was_taken(view: View) -> Verdict:
    """A branch above may have left this task out."""
    if view.row.skip_by:
        reason = f"{view.row.skip_by} chose another branch."
        return Verdict("Branch was taken", False, reason, becomes=T.SKIPPED)
    return _NOT_LEFT_OUT


def setups_are_met(view: View) -> Verdict:
    """The setups in whose scope it stands must have succeeded."""
    name = "Setup tasks"
    if not view.setups or not view.task.upstream or view.task.trigger_rule in ("always", "dummy"):
        return _NO_SETUP
    outcome = trigger_rules.of_setups(view.setups)
    if outcome.passed:
        return Verdict(name, True, "Its setups succeeded.")
    reason = _reason(view, view.setups, outcome, "all_success")
    return Verdict(name, False, reason, becomes=outcome.becomes)


def upstream_is_met(view: View) -> Verdict:
    """The trigger rule decides on the states above."""
    rule = view.task.trigger_rule
    name = f"Trigger rule {rule}"
    outcome = trigger_rules.apply(rule, view.above)
    if outcome.passed:
        what = "What is above it allows the start." if view.above else "Nothing is above it."
        return Verdict(name, True, what)
    reason = _reason(view, view.above, outcome, rule)
    return Verdict(name, False, reason, becomes=outcome.becomes)


def _reason(
    view: View, above: Sequence[Above], outcome: trigger_rules.RuleOutcome, rule: str
) -> str:
    if outcome.becomes is T.UPSTREAM_FAILED:
        if failed := _names(above, {T.FAILED, T.UPSTREAM_FAILED}):
            return f"{failed} failed."
        return f"Nothing above it succeeded, as its trigger rule {rule} wants."
    if outcome.becomes is T.SKIPPED:
        if skipped := _names(above, {T.SKIPPED}):
            return f"{skipped} was skipped."
        return f"Its trigger rule {rule} can no longer be met."
    if not view.is_asked:
        return "Waiting for what is above it."
    waiting = [one for one in above if not FINISHED.issuperset(one.states)]
    first = ", ".join(f"{one.task_id} ({_progress(one)})" for one in waiting[:3])
    more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
    return f"Waiting for {first}{more}."


def _names(above: Sequence[Above], states: set[TaskState]) -> str:
    names = [one.task_id for one in above if not states.isdisjoint(one.states)]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _progress(one: Above) -> str:
    total = sum(one.states.values())
    if total == 1:
        return _words(next(iter(one.states)))
    done = sum(number for state, number in one.states.items() if state in FINISHED)
    return f"{done} of {total} are over"


def _words(state: str) -> str:
    return "not started" if state == T.NONE else state.replace("_", " ")


def past_is_met(view: View) -> Verdict:
    """depends_on_past and wait_for_downstream look at the same task in the previous run."""
    name = "Previous run"
    past, task = view.past, view.task
    if not task.depends_on_past or past is None or _starts_later(task, past):
        return _NO_PAST
    before = past.states.get(task.task_id)
    if before is None:
        return _first_of_task(task, past)
    bad = next((state for state in before if state not in _GOOD), None)
    if bad is not None:
        reason = f"It did not succeed in the previous run ({_words(bad)})."
        return Verdict(name, False, reason)
    for below in task.downstream if task.wait_for_downstream else ():
        if not _GOOD.issuperset(past.states.get(below, ())):
            reason = f"{below}, below it, has not succeeded in the previous run."
            return Verdict(name, False, reason)
    return Verdict(name, True, "It succeeded in the previous run.")


def _starts_later(task: TaskPlan, past: Past) -> bool:
    start = task.data.get("start_date")
    return past.catchup and bool(start) and past.logical_date < datetime.fromisoformat(start)


def _first_of_task(task: TaskPlan, past: Past) -> Verdict:
    is_first = task.task_id not in past.ran_before
    if is_first and task.data.get("ignore_first_depends_on_past", True):
        return Verdict("Previous run", True, "No earlier run has it.")
    return Verdict("Previous run", False, "The previous run, on which it depends, lacks it.")


def is_expanded(view: View) -> Verdict:
    """A mapped task is no instance yet: it becomes as many as its input has values."""
    name = "Mapping"
    if not view.task.scopes or view.row.map_index >= 0:
        return Verdict(name, True, "It has what it is mapped over.")
    over = ", ".join(sorted(mapping.producers(view.task.scopes)))
    reason = f"It is mapped over what {over} returns." if over else "It is about to be expanded."
    return Verdict(name, False, reason)


#: these keep everything as it is; a deferred task instance has passed the rules before
GATES: tuple[Rule, ...] = (run_is_running, dag_is_on, delay_is_over)
READY_RULES: tuple[Rule, ...] = (branch_was_taken, setups_are_met, upstream_is_met, past_is_met)

LIMIT_WORDS = {
    "pool": "Waiting for a slot in pool {name}: {taken} of {size} are in use.",
    "missing pool": "There is no pool {name}: make it, or give the task another.",
    "dag": "Waiting: {taken} of {size} tasks of this DAG may run at once (max_active_tasks).",
    "task": "Waiting: {taken} of {size} runs of this task may go on at once.",
    "task in run": "Waiting: {taken} of {size} instances of this task may go on at once in a run.",
}
_NEVER = (
    "It needs {need} slots, and pool {name} has only {size} in all: it can never start. "
    "Make the pool larger or its pool_slots smaller."
)


def within_limits(view: View) -> list[Verdict]:
    """Say of each limit (slots of pool, DAG, task) whether there is room; -1 slots are no limit."""
    verdicts = []
    for key, (taken, size) in view.limits.items():
        kind, _, name = key.partition(":")
        need = view.row.pool_slots if kind == "pool" else 1
        title = f"Room in {kind} {name}".strip()
        if size < 0 or taken + need <= size:
            verdicts.append(Verdict(title, True, f"{taken} of {size} are in use."))
        else:
            words = _NEVER if kind == "pool" and need > size else LIMIT_WORDS[kind]
            reason = words.format(name=name, taken=taken, size=size, need=need)
            verdicts.append(Verdict(title, False, reason))
    return verdicts


def first_failing(view: View) -> Verdict | None:
    """Return the rule that keeps a task instance from its start, or None when it may start.

    One that ends it without running goes before one that makes it wait.
    """
    for gate in GATES:
        verdict = gate(view)
        if not verdict.passed:
            return verdict
    if view.row.state == T.DEFERRED:
        return None
    waits = None
    for rule in READY_RULES:
        verdict = rule(view)
        if verdict.becomes and not _waits_for_past(view, verdict):
            return verdict
        if not verdict.passed and not verdict.becomes:
            waits = waits or verdict
    return waits


def _waits_for_past(view: View, verdict: Verdict) -> bool:
    """Say whether a task is not even to be skipped before what it depends on is over."""
    wanted = view.task.data.get("wait_for_past_depends_before_skipping")
    return bool(wanted) and verdict.becomes is T.SKIPPED and not past_is_met(view).passed


def explain(view: View) -> list[Verdict]:
    """Return what every rule says, limits included."""
    view = replace(view, is_asked=True)
    rules = (*GATES, *(() if view.row.state == T.DEFERRED else (*READY_RULES, is_expanded)))
    return [rule(view) for rule in rules] + within_limits(view)
