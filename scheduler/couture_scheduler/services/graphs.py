"""What a DAG's graph is made of: tasks, groups, and the states of a run."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.rules.plan import Plan
from couture_scheduler.schemas.dag_views import GraphGroup, GraphNode, TaskStateView
from couture_scheduler.services import wire
from couture_scheduler.states import TaskState
from couture_scheduler.store import runs

T = TaskState
#: which state stands for all instances of a mapped task: the first that one of them has
_FOREMOST = (
    *(T.FAILED, T.UPSTREAM_FAILED, T.UP_FOR_RETRY, T.RUNNING, T.RESTARTING, T.QUEUED),
    *(T.UP_FOR_RESCHEDULE, T.DEFERRED, T.SCHEDULED, T.NONE, T.SUCCESS, T.SKIPPED, T.REMOVED),
)


def is_mapped(plan: Plan, task_id: str) -> bool:
    """Say whether a task, or a group that it is in, is mapped."""
    task = plan.tasks.get(task_id)
    if task is None:
        return False
    if task.data.get("mapped"):
        return True
    groups = {one["group_id"]: one for one in plan.data.get("task_groups") or ()}
    name = task.data.get("group")
    while (group := groups.get(name)) is not None:
        if group.get("mapped"):
            return True
        name = group.get("parent")
    return False


def nodes_of(plan: Plan, children: Collection[str]) -> list[GraphNode]:
    """Return the tasks of a plan; `children` are the DAGs that may be named as started by one."""
    return [
        GraphNode(
            task_id=task.task_id,
            label=task.data.get("label") or task.task_id,
            group=task.data.get("group"),
            operator=task.data["operator"],
            kind=task.data["kind"],
            description=task.data["description"],
            trigger_rule=task.trigger_rule,
            is_mapped=is_mapped(plan, task.task_id),
            is_setup=bool(task.data.get("is_setup")),
            is_teardown=bool(task.data.get("is_teardown")),
            triggers_dag=child if (child := task.data.get("triggers_dag")) in children else None,
        )
        for task in plan.tasks.values()
    ]


def groups_of(plan: Plan) -> list[GraphGroup]:
    """Return the task groups of a plan, a parent before its children."""
    return [_group(one) for one in plan.data.get("task_groups") or ()]


def _group(data: dict[str, Any]) -> GraphGroup:
    return GraphGroup(
        group_id=data["group_id"],
        parent=data.get("parent"),
        label=data.get("label") or data["group_id"],
        tooltip=data.get("tooltip") or None,
        is_mapped=bool(data.get("mapped")),
    )


def states_of(tx: Tx, plan: Plan, run: Any) -> dict[str, TaskStateView]:
    """Return how each task of a plan stands in a run."""
    found: dict[str, list[Any]] = {}
    for row in runs.list_tis(tx, run.id):
        found.setdefault(row.task_id, []).append(row)
    return {
        name: _mapped(rows) if is_mapped(plan, name) else _one(rows[0])
        for name, rows in found.items()
    }


def _one(row: Any) -> TaskStateView:
    return TaskStateView(
        state=wire.task_state(row.state),
        try_number=row.try_number,
        max_tries=row.max_tries,
        start_date=row.start_date,
        end_date=row.end_date,
        duration=wire.seconds(row.start_date, row.end_date),
        reason=row.reason or None,
        retry_at=row.due_at,
        counts=None,
    )


def _mapped(rows: list[Any]) -> TaskStateView:
    """Return how a mapped task stands: one state for all its instances, and how many have which."""
    counts = Counter(str(row.state) for row in rows if row.map_index >= 0)
    states = counts or Counter(str(row.state) for row in rows)
    foremost = next(one for one in _FOREMOST if one in states)
    like = next(row for row in rows if row.state == foremost)
    starts = [row.start_date for row in rows if row.start_date]
    ends = [row.end_date for row in rows if row.end_date]
    is_over = len(ends) == len(rows)
    start, end = min(starts, default=None), max(ends) if is_over else None
    view = _one(like)
    return view.model_copy(
        update={
            "start_date": start,
            "end_date": end,
            "duration": wire.seconds(start, end),
            "counts": dict(counts),
        }
    )
