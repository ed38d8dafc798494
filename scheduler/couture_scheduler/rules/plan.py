"""A DAG version as the rules see it: tasks with their neighbours, built once from the stored JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from couture_scheduler.rules import mapping, setup_teardown
from couture_scheduler.rules.mapping import Scope
from couture_scheduler.rules.task_plan import TaskPlan

__all__ = ["Plan", "TaskPlan", "build_plan"]

_FEW = 40


@dataclass(frozen=True)
class Plan:
    """One DAG version.

    Attributes:
        tasks: by task_id, in topological order.
        deciding: the tasks that decide how a run ends.
        looks_back: whether a task depends on the run before.
        producers: the tasks that others are mapped over.
        is_small: whether a run has few task instances, however it goes.
    """

    dag_id: str
    version_id: int
    file_version_id: str
    tasks: dict[str, TaskPlan]
    data: dict[str, Any]
    deciding: tuple[str, ...]
    looks_back: bool
    producers: frozenset[str]
    is_small: bool

    def reach(self, task_ids: set[str], *, downstream: bool, upstream: bool) -> set[str]:
        """Return `task_ids` with everything below and/or above them."""
        found = set(task_ids)
        if downstream:
            found |= setup_teardown.closure(self.tasks, task_ids, "downstream")
        if upstream:
            found |= setup_teardown.closure(self.tasks, task_ids, "upstream")
        return found

    def run_again_with(self, task_ids: set[str], *, downstream: bool, upstream: bool) -> set[str]:
        """Return `task_ids` with what has to run again with them, their setups and teardowns too."""
        if not any(task.is_setup or task.is_teardown for task in self.tasks.values()):
            return self.reach(task_ids, downstream=downstream, upstream=upstream)
        found = set(task_ids)
        for task_id in task_ids:
            found |= setup_teardown.run_again_with(
                self.tasks, task_id, downstream=downstream, upstream=upstream
            )
        return found

    def has(self, task_id: str, map_index: int) -> bool:
        """Say whether the DAG has such an instance: of a task that is not mapped there is only -1."""
        task = self.tasks.get(task_id)
        return task is not None and (map_index < 0 or bool(task.scopes))

    def can_start(self, task_id: str, map_index: int) -> bool:
        """Say whether an instance can be run: a mapped task has to be expanded before."""
        task = self.tasks.get(task_id)
        return task is not None and (map_index >= 0) == bool(task.scopes)


def build_plan(dag_id: str, version_id: int, file_version_id: str, data: dict[str, Any]) -> Plan:
    """Build a plan from a serialized DAG, whose tasks are in topological order."""
    groups = {group["group_id"]: group for group in data.get("task_groups") or ()}
    tasks = {task["task_id"]: _task(task, groups) for task in data["tasks"]}
    if any(task.is_setup for task in tasks.values()):
        tasks = {name: replace(task, setups=_setups(tasks, task)) for name, task in tasks.items()}
    return Plan(
        dag_id,
        version_id,
        file_version_id,
        tasks,
        data,
        deciding=tuple(setup_teardown.deciding(tasks)),
        looks_back=any(task.depends_on_past for task in tasks.values()),
        producers=frozenset(
            one for task in tasks.values() for one in mapping.producers(task.scopes)
        ),
        is_small=len(tasks) <= _FEW and not any(task.scopes for task in tasks.values()),
    )


def _task(task: dict[str, Any], groups: dict[str, dict[str, Any]]) -> TaskPlan:
    return TaskPlan(
        task_id=task["task_id"],
        upstream=tuple(task["upstream"]),
        downstream=tuple(task["downstream"]),
        trigger_rule=task["trigger_rule"],
        depends_on_past=task["depends_on_past"],
        wait_for_downstream=task["wait_for_downstream"],
        data=task,
        scopes=tuple(_scopes(task, groups)),
        is_setup=bool(task.get("is_setup")),
        is_teardown=bool(task.get("is_teardown")),
        on_failure_fail_dagrun=bool(task.get("on_failure_fail_dagrun")),
    )


def _scopes(task: dict[str, Any], groups: dict[str, dict[str, Any]]) -> Iterator[Scope]:
    around: list[dict[str, Any]] = []
    name = task.get("group")
    while name is not None and (group := groups.get(name)) is not None:
        around.insert(0, group)
        name = group.get("parent")
    for group in around:
        if mapped := group.get("mapped"):
            yield Scope(f"group {group['group_id']}", tuple(mapped["inputs"]))
    if mapped := task.get("mapped"):
        yield Scope(f"task {task['task_id']}", tuple(mapped["inputs"]))


def _setups(tasks: dict[str, TaskPlan], task: TaskPlan) -> tuple[str, ...]:
    if task.is_teardown:  # a teardown has no setups but those directly above it
        return ()
    found = setup_teardown.setups_of(tasks, task.task_id)
    return tuple(name for name in found if name not in task.upstream)
