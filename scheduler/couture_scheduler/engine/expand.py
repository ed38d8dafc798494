"""Expand mapped tasks: one task instance per index, as soon as it is known how many there are."""

from typing import Any

from couture_scheduler.engine.look import Look
from couture_scheduler.rules import mapping
from couture_scheduler.rules.plan import TaskPlan
from couture_scheduler.states import TaskState
from couture_scheduler.store import attempts, runs
from couture_scheduler.store.transition import Move, move

T = TaskState
_MOST = 16_384  #: instances of one task; a product of inputs may be more than anybody meant


def expand_early(look: Look, task: TaskPlan, actor: str) -> None:
    """Expand what needs not wait for its trigger rule, and follow an input that has changed.

    A task that is mapped over literals has its instances from the start, one in a mapped group as
    soon as the group's length is known; the others are expanded when their trigger rule is met.
    """
    rows = look.startable(task.task_id)
    if not rows:
        return
    first = look.rows[task.task_id].get(-1)
    if first is None:
        _follow_input(look, task, rows, actor)
    elif first in rows and (_is_literal(task) or _group_is_there(look, task)):
        count = mapping.count(task.scopes, look.length)
        if count and count <= _MOST:
            expand(look, task, first, count, actor)


def _is_literal(task: TaskPlan) -> bool:
    return not mapping.producers(task.scopes)


def _group_is_there(look: Look, task: TaskPlan) -> bool:
    """Say whether a task that only stands in a mapped group can follow those above it in there."""
    near = [one for one in task.upstream if look.plan.tasks[one].scopes]
    inside = [one for one in near if mapping.shared(task.scopes, look.plan.tasks[one].scopes)]
    return not task.is_mapped and all(-1 not in look.states.get(one, {}) for one in inside)


def settle(look: Look, task: TaskPlan, row: Any, actor: str) -> bool:
    """Expand a mapped task whose trigger rule is met; say whether it has instances now.

    Nothing to map over skips it; without knowing what to map over it cannot run, as in Airflow.
    """
    count = mapping.count(task.scopes, look.length)
    if count is None:
        over = ", ".join(sorted(mapping.producers(task.scopes)))
        look.become(row, T.UPSTREAM_FAILED, f"{over} left nothing that it could be mapped over.")
    elif count == 0:
        look.become(row, T.SKIPPED, "There is nothing to map it over.")
    elif count > _MOST:
        reason = f"It would have {count:,} instances; at most {_MOST:,} are allowed."
        look.become(row, T.UPSTREAM_FAILED, reason)
    else:
        expand(look, task, row, count, actor)
        return True
    return False


def expand(look: Look, task: TaskPlan, row: Any, count: int, actor: str) -> None:
    """Turn the task's one row into its first instance and add the others."""
    [full] = runs.list_tis_by_id(look.tx, [row.id])
    reason = f"Expanded into {count}." if count > 1 else "Expanded into one."
    one = Move(full, T.NONE, look.run.run_id, reason, {**attempts.FRESH, "map_index": 0})
    move(look.tx, "task_instance", [one], actor)
    _add(look, task, range(1, count), full)


def _follow_input(look: Look, task: TaskPlan, rows: list[Any], actor: str) -> None:
    """Follow an input that has another length since the task was expanded and cleared."""
    count = mapping.count(task.scopes, look.length)
    known = look.states[task.task_id]
    if count is None or count > _MOST:
        return
    for row in rows:
        if row.map_index >= max(count, 1):
            look.become(row, T.REMOVED, "What it is mapped over has become shorter.")
        elif not count:
            look.become(row, T.SKIPPED, "There is nothing to map it over.")
    back = [index for index in range(count) if known.get(index) == T.REMOVED]
    missing = [index for index in range(count) if index not in known]
    if back:
        _bring_back(look, task, back, actor)
    if missing:
        _add(look, task, missing, rows[0])


def _bring_back(look: Look, task: TaskPlan, indexes: list[int], actor: str) -> None:
    ids = [look.rows[task.task_id][index].id for index in indexes]
    reason = "What it is mapped over is long enough again."
    values = {"reason": None, "end_date": None}
    found = runs.list_tis_by_id(look.tx, ids)
    moves = [Move(row, T.NONE, look.run.run_id, reason, values) for row in found]
    move(look.tx, "task_instance", moves, actor)
    _read_again(look, task)


def _add(look: Look, task: TaskPlan, indexes: Any, like: Any) -> None:
    runs.add_instances(look.tx, look.run, look.plan.version_id, task.data, indexes, like)
    _read_again(look, task)


def _read_again(look: Look, task: TaskPlan) -> None:
    """Read the rows of one task again; changes that were collected for them still hold."""
    look.take(task.task_id, runs.list_states_of(look.tx, look.run.id, task.task_id))
    for row in look.rows[task.task_id].values():
        if row.id in look.changes:
            look.become(row, *look.changes[row.id])
