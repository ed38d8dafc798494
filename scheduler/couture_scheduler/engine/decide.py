"""Look at one DAG run: start it, move what its rules say, hand on what is ready, close it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.plans import Plans
from couture_scheduler.rules.outcome import run_outcome
from couture_scheduler.rules.plan import Plan
from couture_scheduler.rules.ready import View, first_failing
from couture_scheduler.states import FINISHED, STARTABLE, RunState, TaskState
from couture_scheduler.store import dags, limits, runs
from couture_scheduler.store.transition import Move, move

T = TaskState
_RULED = STARTABLE - {T.SCHEDULED}


@dataclass
class Ready:
    """A task instance that only waits for slots."""

    row: Any
    run: Any
    plan: Plan


@dataclass
class Look:
    """One look at one run, while it is taken.

    Attributes:
        rows: by task_id, what the rules look at of each task instance.
        states: their states, kept up to date while changes are collected.
        changes: task instances that take a state without running: {id: (state, reason)}.
        ready: ids of those that only wait for slots.
        due: the earliest time at which something changes by itself.
    """

    run: Any
    plan: Plan
    dag: Any
    rows: dict[str, Any]
    states: dict[str, str]
    changes: dict[int, tuple[TaskState, str]] = field(default_factory=dict)
    ready: list[int] = field(default_factory=list)
    due: datetime | None = None

    def become(self, row: Any, state: TaskState, reason: str) -> None:
        """Note that a task instance takes a state without running."""
        self.changes[row.id] = (state, reason)
        self.states[row.task_id] = state


def decide_run(tx: Tx, plans: Plans, run: Any, actor: str) -> list[Ready]:
    """Do all that can be done for a run now and return its task instances that are ready.

    When it has to be looked at again is stored in its wake_at.
    """
    dag = dags.get_dag(tx, run.dag_id)
    if run.state == RunState.QUEUED and (run := _start(tx, run, dag, actor)) is None:
        return []
    if run.state != RunState.RUNNING:
        runs.set_wake(tx, run.id, None)
        return []
    plan = plans.get(tx, dag.version_id)
    if plan.looks_back:  # what depends on this run's tasks need not wait for the whole of it
        runs.wake_after(tx, run)
    if run.dag_version_id == dag.version_id and _only_waits(runs.list_state_names(tx, run.id)):
        runs.set_wake(tx, run.id, None)
        return []
    if run.dag_version_id != plan.version_id:
        _take_in_new_tasks(tx, run, plan, actor)
    look = _open(tx, plan, run, dag)
    _take_out_old_tasks(look)
    _apply_rules(tx, look)
    ready = _write(tx, look, actor)
    if not ready and (outcome := run_outcome(look.plan, look.states)):
        end_run(tx, run, outcome, actor, "every task has ended")
    else:
        runs.set_wake(tx, run.id, look.due)
    return ready


def _only_waits(states: set[str]) -> bool:
    """Say whether no rule can change anything: all is over, running or waiting for a slot."""
    return states.isdisjoint(_RULED) and not states <= FINISHED


def _start(tx: Tx, run: Any, dag: Any, actor: str) -> Any | None:
    """Move a queued run to running if its time has come and the DAG allows one more."""
    if run.run_after > tx.now:
        runs.set_wake(tx, run.id, run.run_after)
        return None
    if dag.is_paused or not limits.start_run(tx, run.dag_id):
        runs.set_wake(tx, run.id, None)  # woken when the DAG is switched on or another run ends
        return None
    values = {"start_date": run.start_date or tx.now, "end_date": None}
    move(tx, "dag_run", [Move(run, RunState.RUNNING, run.run_id, values=values)], actor)
    runs.wake_next_queued(tx, run.dag_id)
    return runs.get_run(tx, run.dag_id, run.run_id)


def end_run(tx: Tx, run: Any, outcome: RunState, actor: str, reason: str) -> None:
    """Close a running run: its place is free for the next."""
    values = {"end_date": tx.now, "wake_at": None}
    move(tx, "dag_run", [Move(run, outcome, run.run_id, reason, values)], actor)
    if run.state == RunState.RUNNING:
        limits.end_run(tx, run.dag_id)
    runs.wake_next_queued(tx, run.dag_id)
    runs.wake_after(tx, run)


def _open(tx: Tx, plan: Plan, run: Any, dag: Any) -> Look:
    rows = {row.task_id: row for row in runs.list_states(tx, run.id)}
    states = {task_id: row.state for task_id, row in rows.items()}
    return Look(run, plan, dag, rows, states)


def _take_in_new_tasks(tx: Tx, run: Any, plan: Plan, actor: str) -> None:
    """Follow a new DAG version: add its new tasks, and those that are in the DAG again."""
    rows = {row.task_id: row for row in runs.list_tis(tx, run.id)}
    new = [task.data for name, task in plan.tasks.items() if name not in rows]
    runs.add_task_instances(tx, run.id, run.dag_id, plan.version_id, new)
    reason = "The task is in the DAG again."
    back = [
        Move(row, T.NONE, run.run_id, reason, _values(tx, T.NONE, reason))
        for name, row in rows.items()
        if name in plan.tasks and row.state == T.REMOVED
    ]
    move(tx, "task_instance", back, actor)
    runs.set_version(tx, run.id, plan.version_id)


def _take_out_old_tasks(look: Look) -> None:
    for name, row in look.rows.items():
        if name not in look.plan.tasks and row.state in STARTABLE:
            look.become(row, T.REMOVED, "The task is no longer in the DAG.")


def _apply_rules(tx: Tx, look: Look) -> None:
    """Apply the ready rules in topological order: skips and failures run down in one look."""
    previous = _previous(tx, look)
    for name, task in look.plan.tasks.items():
        state = look.states[name]
        if state == T.SCHEDULED or state not in STARTABLE:
            continue
        row = look.rows[name]
        verdict = first_failing(
            View(task, row, look.states, tx.now, look.run.state, look.dag.is_paused, previous)
        )
        if verdict is None:
            look.ready.append(row.id)
        elif verdict.becomes:
            look.become(row, verdict.becomes, verdict.reason)
        elif verdict.due_at and (look.due is None or verdict.due_at < look.due):
            look.due = verdict.due_at


def _write(tx: Tx, look: Look, actor: str) -> list[Ready]:
    """Make the moves that were collected and return the ready task instances in full."""
    ids = [*look.changes, *look.ready]
    if not ids:
        return []
    rows = {row.id: row for row in runs.list_tis_by_id(tx, ids)}
    moves = [
        Move(rows[ti_id], state, look.run.run_id, reason, _values(tx, state, reason))
        for ti_id, (state, reason) in look.changes.items()
    ]
    move(tx, "task_instance", moves, actor)
    return [Ready(rows[ti_id], look.run, look.plan) for ti_id in look.ready]


def _values(tx: Tx, state: TaskState, reason: str) -> dict[str, Any]:
    ended = tx.now if state in FINISHED else None
    return {"reason": reason, "due_at": None, "end_date": ended}


def _previous(tx: Tx, look: Look) -> dict[str, str] | None:
    return runs.previous_states(tx, look.run) if look.plan.looks_back else None
