"""READY_RULES: may this task instance start now, and if not, why not, in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from couture_scheduler.rules import trigger_rules
from couture_scheduler.rules.plan import TaskPlan
from couture_scheduler.states import FINISHED, RunState, TaskState

T = TaskState


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
class View:
    """A task instance with all that the rules look at.

    Attributes:
        states: every task's state in this run.
        previous: the states in the run before this one; None = there is none.
        limits: name -> (taken, size) of the limits that hold for it; filled when slots are given.
    """

    task: TaskPlan
    row: Any
    states: Mapping[str, str]
    now: datetime
    run_state: str = RunState.RUNNING
    is_paused: bool = False
    previous: Mapping[str, str] | None = None
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)


Rule = Callable[[View], Verdict]


def run_is_running(view: View) -> Verdict:
    """The DAG run must have been started and not have ended."""
    name = "Run is running"
    if view.run_state == RunState.RUNNING:
        return Verdict(name, True, "The run is running.")
    if view.run_state == RunState.QUEUED:
        return Verdict(
            name, False, "The run waits to be started: other runs of the DAG are active."
        )
    return Verdict(name, False, f"The run has ended ({view.run_state}).")


def dag_is_on(view: View) -> Verdict:
    """A paused DAG starts nothing, as in Airflow."""
    if view.is_paused:
        return Verdict("DAG is on", False, "The DAG is paused. Switch it on to go on.")
    return Verdict("DAG is on", True, "The DAG is on.")


def delay_is_over(view: View) -> Verdict:
    """A retry or a rescheduled sensor waits for its time."""
    due = view.row.due_at
    if due is None or due <= view.now:
        return Verdict("Delay is over", True, "It waits for no point in time.")
    what = "next try" if view.row.state == T.UP_FOR_RETRY else "next look"
    reason = f"Waiting for its {what} at {due:%H:%M:%S} UTC."
    return Verdict("Delay is over", False, reason, due_at=due)


def branch_was_taken(view: View) -> Verdict:
    """A branch above may have left this task out."""
    if view.row.skip_by:
        reason = f"{view.row.skip_by} chose another branch."
        return Verdict("Branch was taken", False, reason, becomes=T.SKIPPED)
    return Verdict("Branch was taken", True, "No branch left it out.")


def upstream_is_met(view: View) -> Verdict:
    """The trigger rule decides on the states above."""
    task = view.task
    name = f"Trigger rule {task.trigger_rule}"
    states = [view.states.get(above, T.REMOVED) for above in task.upstream]
    outcome = trigger_rules.apply(task.trigger_rule, states)
    if outcome.passed:
        what = "Nothing is above it." if not states else "What is above it allows the start."
        return Verdict(name, True, what)
    return Verdict(name, False, _upstream_reason(view, outcome), becomes=outcome.becomes)


def _upstream_reason(view: View, outcome: trigger_rules.RuleOutcome) -> str:
    above = [(task, view.states.get(task, T.REMOVED)) for task in view.task.upstream]
    if outcome.becomes is T.UPSTREAM_FAILED:
        return f"{_names(above, {T.FAILED, T.UPSTREAM_FAILED})} failed."
    if outcome.becomes is T.SKIPPED:
        if skipped := _names(above, {T.SKIPPED}):
            return f"{skipped} was skipped."
        return f"Its trigger rule {view.task.trigger_rule} can no longer be met."
    waiting = [(task, state) for task, state in above if state not in FINISHED]
    first = ", ".join(f"{task} ({_words(state)})" for task, state in waiting[:3])
    more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
    return f"Waiting for {first}{more}."


def _names(above: list[tuple[str, str]], states: set[TaskState]) -> str:
    names = [task for task, state in above if state in states]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _words(state: str) -> str:
    return "not started" if state == T.NONE else state.replace("_", " ")


def past_is_met(view: View) -> Verdict:
    """depends_on_past and wait_for_downstream look at the same task in the previous run."""
    name = "Previous run"
    if not view.task.depends_on_past or view.previous is None:
        return Verdict(name, True, "It does not depend on an earlier run.")
    before = view.previous.get(view.task.task_id)
    if before is not None and before not in (T.SUCCESS, T.SKIPPED):
        reason = f"It did not succeed in the previous run ({_words(before)})."
        return Verdict(name, False, reason)
    if view.task.wait_for_downstream:
        for below in view.task.downstream:
            state = view.previous.get(below, T.SUCCESS)
            if state not in (T.SUCCESS, T.SKIPPED):
                reason = f"{below}, below it, has not succeeded in the previous run."
                return Verdict(name, False, reason)
    return Verdict(name, True, "It succeeded in the previous run.")


READY_RULES: tuple[Rule, ...] = (
    run_is_running,
    dag_is_on,
    delay_is_over,
    branch_was_taken,
    upstream_is_met,
    past_is_met,
)

LIMIT_WORDS = {
    "pool": "Waiting for a slot in pool {name}: {taken} of {size} are in use.",
    "dag": "Waiting: {taken} of {size} tasks of this DAG may run at once (max_active_tasks).",
    "task": "Waiting: {taken} of {size} runs of this task may go on at once.",
}


def within_limits(view: View) -> list[Verdict]:
    """Say of each limit (slots of pool, DAG, task) whether there is room."""
    verdicts = []
    for key, (taken, size) in view.limits.items():
        kind, _, name = key.partition(":")
        need = view.row.pool_slots if kind == "pool" else 1
        title = f"Room in {kind} {name}".strip()
        if taken + need <= size:
            verdicts.append(Verdict(title, True, f"{taken} of {size} are in use."))
        else:
            reason = LIMIT_WORDS[kind].format(name=name, taken=taken, size=size)
            verdicts.append(Verdict(title, False, reason))
    return verdicts


def first_failing(view: View) -> Verdict | None:
    """Return the first rule that does not pass, or None when the task may start."""
    for rule in READY_RULES:
        verdict = rule(view)
        if not verdict.passed:
            return verdict
    return None


def explain(view: View) -> list[Verdict]:
    """Return what every rule says, limits included."""
    return [rule(view) for rule in READY_RULES] + within_limits(view)
