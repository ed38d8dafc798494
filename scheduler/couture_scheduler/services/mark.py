"""Mark: a person says how a task instance or a run ended."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.engine.decide import end_run
from couture_scheduler.services.clear import name_of, requeue
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import FINISHED, LIVE, RunState, TaskState
from couture_scheduler.store import attempts, dags, runs
from couture_scheduler.store.transition import Move, move

T = TaskState


def mark_tasks(tx: Tx, call: Call, run: Any, rows: list[Any], state: TaskState) -> None:
    """Give task instances a final state; what they held up goes on.

    A live one takes the state when its agent has ended its process.
    """
    reason = f"Marked {state} by {call.actor.user}."
    _give(tx, call, run, rows, state, reason)
    if state is not T.FAILED:
        _release_below(tx, call, run, {row.task_id for row in rows})
    requeue(tx, call, run)
    runs.set_wake(tx, run.id, tx.now)
    runs.wake_after(tx, run)


def mark_run(tx: Tx, call: Call, run: Any, state: RunState) -> None:
    """End a run: as success, all its tasks are one; as failed, what has not started is skipped.

    Teardowns still run in one that failed; it ends after them.
    """
    reason = f"Run marked {state} by {call.actor.user}."
    rows = runs.list_tis(tx, run.id)
    call.workflow.ring(tx, "scheduler")
    if state is RunState.SUCCESS:
        _give(tx, call, run, [row for row in rows if _is_short_of_success(row)], T.SUCCESS, reason)
    elif _fail_tasks(tx, call, run, rows, reason):
        runs.set_wake(tx, run.id, tx.now)
        return
    if run.state != state:
        end_run(tx, run, state, call.actor.user, reason)


def _fail_tasks(tx: Tx, call: Call, run: Any, rows: list[Any], reason: str) -> bool:
    """Fail what is live and skip what waits; say whether teardowns are left to be run."""
    plan = call.workflow.plans.get(tx, dags.get_dag(tx, run.dag_id).version_id)
    teardowns = {name for name, task in plan.tasks.items() if task.is_teardown}
    rows = [row for row in rows if row.state not in FINISHED]
    left = [row for row in rows if row.task_id in teardowns and run.state == RunState.RUNNING]
    rows = [row for row in rows if row not in left]
    # the run's end is found by its leaves: of one that goes on for its teardowns they have failed
    failing = [row for row in rows if row.state in LIVE or (left and row.task_id in plan.deciding)]
    _give(tx, call, run, failing, T.FAILED, reason)
    _give(tx, call, run, [row for row in rows if row not in failing], T.SKIPPED, reason)
    return bool(left)


def _is_short_of_success(row: Any) -> bool:
    return row.state not in (T.SUCCESS, T.SKIPPED, T.REMOVED)


def _give(tx: Tx, call: Call, run: Any, rows: list[Any], state: TaskState, reason: str) -> None:
    call.notes.setdefault("tasks", []).extend(f"{name_of(row)}: {row.state}" for row in rows[:50])
    moves = []
    for row in rows:
        if row.state in LIVE and attempts.wish(tx, row.id, str(state)):
            call.workflow.ring(tx, "agent")
        elif row.state != state and row.state != T.REMOVED:
            values = {"end_date": row.end_date or tx.now, "reason": reason, **attempts.FRESH}
            moves.append(Move(row, state, run.run_id, reason, values))
    move(tx, "task_instance", moves, call.actor.user)


def _release_below(tx: Tx, call: Call, run: Any, task_ids: set[str]) -> None:
    """Let what is below and was upstream_failed be decided again."""
    plan = call.workflow.plans.get(tx, dags.get_dag(tx, run.dag_id).version_id)
    below = plan.reach(task_ids & set(plan.tasks), downstream=True, upstream=False) - task_ids
    moves = [
        Move(row, T.NONE, run.run_id, "released", {"reason": None, "end_date": None})
        for row in runs.list_tis(tx, run.id)
        if row.task_id in below and row.state == T.UPSTREAM_FAILED
    ]
    move(tx, "task_instance", moves, call.actor.user)
