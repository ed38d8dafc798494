"""Look at one DAG run: start it, move what its rules say, hand on what is ready, close it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.engine import expand
from couture_scheduler.engine.look import Look, open_look
from couture_scheduler.engine.timeout import deadline, time_out
from couture_scheduler.errors import StaleState
from couture_scheduler.follow_ups import TIMED_OUT, call_back_run
from couture_scheduler.plans import Plans
from couture_scheduler.rules.outcome import run_outcome
from couture_scheduler.rules.plan import Plan, TaskPlan
from couture_scheduler.rules.ready import first_failing
from couture_scheduler.states import FINISHED, STARTABLE, RunState, TaskState
from couture_scheduler.store import attempts, backfills, dags, limits, runs
from couture_scheduler.store.transition import Move, move

T = TaskState
_RULED = STARTABLE - {T.SCHEDULED}


@dataclass
class Ready:
    """A task instance that only waits for slots."""

    row: Any
    run: Any
    plan: Plan


def decide_run(
    tx: Tx,
    plans: Plans,
    run: Any,
    actor: str,
    ring: Callable[[], None] = lambda: None,
    on_start: Callable[[Any], None] = lambda _: None,
) -> list[Ready]:
    """Do all that can be done for a run now and return its task instances that are ready.

    When it has to be looked at again is stored in its wake_at.

    Args:
        ring: called where an agent has to end attempts; to ring it once the transaction holds.
        on_start: called with a run that was queued and runs now.
    """
    dag = dags.get_switches(tx, run.dag_id)
    if run.state == RunState.QUEUED:
        if (run := _start(tx, run, dag, actor)) is None:
            return []
        on_start(run)
    if run.state != RunState.RUNNING:
        runs.set_wake(tx, run.id, None)
        return []
    plan = plans.get(tx, dag.version_id)
    ends_at = None if dag.is_paused else deadline(plan, run)
    if ends_at is not None and ends_at <= tx.now:
        if time_out(tx, plan, run, actor):
            ring()
        end_run(
            tx,
            run,
            RunState.FAILED,
            actor,
            "it ran longer than its dagrun_timeout",
            plan,
            TIMED_OUT,
        )
        return []
    if plan.looks_back:  # what depends on this run's tasks need not wait for the whole of it
        runs.wake_after(tx, run)
    rows = None
    if run.dag_version_id == dag.version_id:
        rows = runs.list_states(tx, run.id) if plan.is_small else None
        if _only_waits(_states(rows) if rows else runs.list_state_names(tx, run.id)):
            runs.set_wake(tx, run.id, ends_at)
            return []
    else:
        _take_in_new_tasks(tx, run, plan, actor)
    look = open_look(tx, plan, run, dag, rows)
    look.wait_until(ends_at)
    _take_out_old_tasks(look)
    _apply_rules(look, actor)
    ready = _write(look, actor)
    if not ready and (outcome := run_outcome(look.plan, look.tallies())):
        end_run(tx, run, outcome, actor, "every task has ended", plan)
    else:
        runs.set_wake(tx, run.id, look.due)
    return ready


def _states(rows: list[Any]) -> set[str]:
    return {row.state for row in rows}


def _only_waits(states: set[str]) -> bool:
    """Say whether no rule can change anything: all is over, running or waiting for a slot."""
    return states.isdisjoint(_RULED) and not states <= FINISHED


def _start(tx: Tx, run: Any, dag: Any, actor: str) -> Any | None:
    """Move a queued run to running if its time has come and the DAG allows one more."""
    if run.run_after > tx.now:
        runs.set_wake(tx, run.id, run.run_after)
        return None
    if dag.is_paused or not limits.start_run(tx, run):
        runs.set_wake(tx, run.id, None)  # woken when the DAG is switched on or another run ends
        return None
    values = {"start_date": run.start_date or tx.now, "end_date": None}
    move(tx, "dag_run", [Move(run, RunState.RUNNING, run.run_id, values=values)], actor)
    backfills.wake_next_queued(tx, run)
    return runs.get_run(tx, run.dag_id, run.run_id)


def end_run(
    tx: Tx,
    run: Any,
    outcome: RunState,
    actor: str,
    reason: str,
    plan: Plan | None = None,
    code: str | None = None,
) -> None:
    """Close a running run: its place is free for the next.

    Args:
        plan: of the DAG whose callbacks are to be called; None = none are, as a person ends it.
        code: what the callbacks are told as the reason; None = what follows from the outcome.
    """
    values = {"end_date": tx.now, "wake_at": None}
    move(tx, "dag_run", [Move(run, outcome, run.run_id, reason, values)], actor)
    if run.state == RunState.RUNNING:
        limits.end_run(tx, run)
    backfills.wake_next_queued(tx, run)
    runs.wake_after(tx, run)
    if plan is not None:
        call_back_run(tx, plan, run, outcome, code)


def _take_in_new_tasks(tx: Tx, run: Any, plan: Plan, actor: str) -> None:
    """Follow a new DAG version: add its new tasks, and those that are in the DAG again."""
    rows = runs.list_tis(tx, run.id)
    new = [task.data for task in plan.tasks.values() if _is_missing(task, rows)]
    runs.add_task_instances(tx, run.id, run.dag_id, plan.version_id, new)
    reason = "The task is in the DAG again."
    indexes = {(row.task_id, row.map_index) for row in rows}
    back = [
        Move(row, T.NONE, run.run_id, reason, _values(tx, T.NONE, reason))
        for row in rows
        if row.state == T.REMOVED and plan.has(row.task_id, row.map_index)
        if row.map_index >= 0 or (row.task_id, 0) not in indexes
    ]
    move(tx, "task_instance", back, actor)
    runs.set_version(tx, run.id, plan.version_id)


def _is_missing(task: TaskPlan, rows: list[Any]) -> bool:
    """Say whether a run lacks a task: those of its instances that have run stand for it."""
    states = {row.map_index: row.state for row in rows if row.task_id == task.task_id}
    if task.scopes or -1 in states:
        return not states
    found = set(states.values())  # it is mapped no longer
    return found <= {T.REMOVED} or not found.isdisjoint(STARTABLE)


def _take_out_old_tasks(look: Look) -> None:
    for task_id, rows in look.rows.items():
        if all(look.plan.has(task_id, index) for index in rows):
            continue
        for row in look.startable(task_id):
            if not look.plan.has(task_id, row.map_index):
                look.become(row, T.REMOVED, "The task is no longer in the DAG.")


def _apply_rules(look: Look, actor: str) -> None:
    """Apply the ready rules in topological order: skips and failures run down in one look."""
    for task in look.plan.tasks.values():
        if task.scopes:
            expand.expand_early(look, task, actor)
        for row in look.startable(task.task_id):
            _judge(look, task, row, actor)


def _judge(look: Look, task: TaskPlan, row: Any, actor: str) -> None:
    is_whole = look.plan.can_start(row.task_id, row.map_index)
    if row.state == T.SCHEDULED and is_whole:
        return
    verdict = first_failing(look.view(task, row))
    if verdict is not None:
        if verdict.becomes:
            look.become(row, verdict.becomes, verdict.reason)
        look.wait_until(verdict.due_at)
    elif is_whole:
        look.ready.append(row.id)
    elif expand.settle(look, task, row, actor):
        for instance in look.startable(task.task_id):
            _judge(look, task, instance, actor)


def _write(look: Look, actor: str) -> list[Ready]:
    """Make the moves that were collected and return the task instances that are ready."""
    ids = [*look.changes, *look.ready]
    if not ids:
        return []
    rows = {row.id: row for row in runs.list_to_queue(look.tx, ids)}
    seen = {row.id: row.state for found in look.rows.values() for row in found.values()}
    if any(row.state != seen[row.id] for row in rows.values()):
        raise StaleState(f"task instances of run {look.run.run_id} moved on while it was looked at")
    moves = [
        Move(rows[ti_id], state, look.run.run_id, reason, _values(look.tx, state, reason))
        for ti_id, (state, reason) in look.changes.items()
    ]
    move(look.tx, "task_instance", moves, actor)
    return [Ready(rows[ti_id], look.run, look.plan) for ti_id in look.ready]


def _values(tx: Tx, state: TaskState, reason: str) -> dict[str, Any]:
    ended = tx.now if state in FINISHED else None
    return {"reason": reason, "end_date": ended, **attempts.FRESH}
