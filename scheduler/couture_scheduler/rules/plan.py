"""A DAG version as the rules see it: tasks with their neighbours, built once from the stored JSON."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TaskPlan:
    """One task of a DAG version; `data` is its serialized form."""

    task_id: str
    upstream: tuple[str, ...]
    downstream: tuple[str, ...]
    trigger_rule: str
    depends_on_past: bool
    wait_for_downstream: bool
    data: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """One DAG version.

    Attributes:
        tasks: by task_id, in topological order.
        looks_back: whether a task depends on the run before.
    """

    dag_id: str
    version_id: int
    file_version_id: str
    tasks: dict[str, TaskPlan]
    data: dict[str, Any]
    looks_back: bool

    def reach(self, task_ids: set[str], *, downstream: bool, upstream: bool) -> set[str]:
        """Return `task_ids` with everything below and/or above them."""
        found = set(task_ids)
        if downstream:
            found |= self._closure(task_ids, "downstream")
        if upstream:
            found |= self._closure(task_ids, "upstream")
        return found

    def _closure(self, task_ids: set[str], side: str) -> set[str]:
        found: set[str] = set()
        ahead = list(task_ids)
        while ahead:
            for task_id in getattr(self.tasks[ahead.pop()], side):
                if task_id not in found:
                    found.add(task_id)
                    ahead.append(task_id)
        return found


def build_plan(dag_id: str, version_id: int, file_version_id: str, data: dict[str, Any]) -> Plan:
    """Build a plan from a serialized DAG, whose tasks are in topological order."""
    tasks = {
        task["task_id"]: TaskPlan(
            task_id=task["task_id"],
            upstream=tuple(task["upstream"]),
            downstream=tuple(task["downstream"]),
            trigger_rule=task["trigger_rule"],
            depends_on_past=task["depends_on_past"],
            wait_for_downstream=task["wait_for_downstream"],
            data=task,
        )
        for task in data["tasks"]
    }
    looks_back = any(task.depends_on_past for task in tasks.values())
    return Plan(dag_id, version_id, file_version_id, tasks, data, looks_back)
