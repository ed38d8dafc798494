"""The graph of a DAG: its tasks, its groups and the edges between them."""

from __future__ import annotations

import copy
import fnmatch
import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from couture_operators.exceptions import DuplicateTaskIdFound, TaskNotFound
from couture_operators.relations import nodes
from couture_operators.taskgroup import TaskGroup

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator

log = logging.getLogger(__name__)


class DagGraph:
    """The tasks of a DAG and what can be asked of them."""

    dag_id: str

    def _start_graph(self) -> None:
        self.task_dict: dict[str, BaseOperator] = {}
        #: all groups by their ids; the DAG's own, which holds everything, is `task_group`
        self.task_group_dict: dict[str, TaskGroup] = {}
        self.task_group: TaskGroup = TaskGroup(None, dag=self)  # type: ignore[arg-type] # a DAG
        #: {upstream task_id: {downstream task_id: {"label": text}}}
        self.edge_info: dict[str, dict[str, dict[str, Any]]] = {}
        #: sentences about what the file had better say otherwise
        self._warnings: list[str] = []

    def _warn(self, sentence: str) -> None:
        """Tell the author of something that does not keep the DAG from running."""
        if sentence not in self._warnings:
            self._warnings.append(sentence)
            log.warning("%s", sentence)

    @property
    def _sentence_name(self) -> str:
        """How sentences name this DAG."""
        return f"DAG {self.dag_id!r}"

    @property
    def tasks(self) -> list[BaseOperator]:
        """All tasks, in the order in which they were made."""
        return list(self.task_dict.values())

    @property
    def task_ids(self) -> list[str]:
        """The task_ids, in the order in which the tasks were made."""
        return list(self.task_dict)

    @property
    def owners(self) -> list[str]:
        """The owners of the tasks, each once."""
        return sorted({task.owner for task in self.task_dict.values()})

    @property
    def roots(self) -> list[BaseOperator]:
        """The tasks that wait for no other."""
        return [task for task in self.tasks if not task._upstream_ids]

    @property
    def leaves(self) -> list[BaseOperator]:
        """The tasks that no other waits for."""
        return [task for task in self.tasks if not task._downstream_ids]

    def has_task(self, task_id: str) -> bool:
        """Whether the DAG has a task of this name."""
        return task_id in self.task_dict

    def get_task(self, task_id: str) -> BaseOperator:
        """The task of this name; TaskNotFound when there is none."""
        try:
            return self.task_dict[task_id]
        except KeyError:
            raise TaskNotFound(f"{self._sentence_name} has no task {task_id!r}.") from None

    def add_task(self, task: BaseOperator) -> None:
        """Add a task; two with one task_id are refused."""
        known = self.task_dict.get(task.task_id)
        if known is task:
            return
        if known is not None:
            raise DuplicateTaskIdFound(
                f"{self._sentence_name} has two tasks with the task_id {task.task_id!r}; give one "
                "another name."
            )
        if task.task_id in self.task_group_dict:
            raise DuplicateTaskIdFound(
                f"{self._sentence_name} has a task and a group with the id {task.task_id!r}; give one "
                "another name."
            )
        self.task_dict[task.task_id] = task
        if task._dag is not self:
            task.dag = self  # type: ignore[assignment] # a DAG
        task.task_group = task.task_group or self.task_group
        task.task_group.add(task)
        task._wait_for_inputs()

    def add_tasks(self, tasks: Iterable[BaseOperator]) -> None:
        """Add several tasks."""
        for task in tasks:
            self.add_task(task)

    def __rshift__(self, other: Any) -> Any:
        """Take tasks, as files of Airflow 1.10 write it: `dag >> task`, `task >> dag`."""
        for node in nodes(other):
            self.add_tasks(node.roots)
        return other

    __lshift__ = __rrshift__ = __rlshift__ = __rshift__

    def topological_sort(self) -> list[BaseOperator]:
        """All tasks, each after those that it waits for; ties in the order of definition."""
        waiting = {task_id: len(task._upstream_ids) for task_id, task in self.task_dict.items()}
        ready = [task_id for task_id, count in waiting.items() if not count]
        for task_id in ready:
            for after in self.task_dict[task_id]._downstream_ids:
                waiting[after] -= 1
                if not waiting[after]:
                    ready.append(after)
        return [self.task_dict[task_id] for task_id in ready]

    # Groups and edges

    def get_task_group(self, group_id: str) -> TaskGroup | None:
        """The group of this id, None when there is none."""
        return self.task_group_dict.get(group_id)

    def set_dependency(self, upstream_task_id: str, downstream_task_id: str) -> None:
        """Let one task run after another, both named by their ids."""
        self.get_task(upstream_task_id).set_downstream(self.get_task(downstream_task_id))

    def set_edge_info(self, upstream_id: str, downstream_id: str, info: dict[str, Any]) -> None:
        """Keep something about an edge, such as its label."""
        self.edge_info.setdefault(upstream_id, {})[downstream_id] = info

    def get_edge_info(self, upstream_id: str, downstream_id: str) -> dict[str, Any]:
        """What is kept about an edge; empty when that is nothing."""
        return self.edge_info.get(upstream_id, {}).get(downstream_id, {})

    # Parts of the DAG

    def partial_subset(
        self,
        task_ids_or_regex: str | re.Pattern[str] | Iterable[str],
        include_downstream: bool = False,
        include_upstream: bool = True,
        include_direct_upstream: bool = False,
    ) -> Self:
        """A copy of the DAG with some of its tasks: those named (or matched) and their relatives."""
        named = self._matching(task_ids_or_regex)
        kept = set(named)
        for task_id in named:
            task = self.task_dict[task_id]
            kept |= task.get_flat_relative_ids(False) if include_downstream else set()
            kept |= task.get_flat_relative_ids(True) if include_upstream else set()
        if include_direct_upstream:
            kept |= {near for task_id in kept for near in self.task_dict[task_id]._upstream_ids}
        return self._copy_with(kept)

    def sub_dag(self, *args: Any, **kwargs: Any) -> Self:
        """The older name of partial_subset."""
        return self.partial_subset(*args, **kwargs)

    def _matching(self, wanted: str | re.Pattern[str] | Iterable[str]) -> list[str]:
        if isinstance(wanted, str | re.Pattern):
            pattern = re.compile(wanted)
            return [task_id for task_id in self.task_dict if pattern.search(task_id)]
        patterns = list(wanted)
        return [t for t in self.task_dict if any(fnmatch.fnmatchcase(t, p) for p in patterns)]

    def _copy_with(self, kept: set[str]) -> Self:
        part = copy.copy(self)
        part._start_graph()
        part.edge_info = copy.deepcopy(self.edge_info)
        groups: dict[int, TaskGroup] = {id(self.task_group): part.task_group}
        for group in self.task_group.iter_groups():
            if any(task.task_id in kept for task in group):
                groups[id(group)] = _copy_group(group, part, groups)
        for task_id in [name for name in self.task_dict if name in kept]:
            part._take(self.task_dict[task_id], kept, groups)
        return part

    def _take(self, task: BaseOperator, kept: set[str], groups: dict[int, TaskGroup]) -> None:
        mine = copy.copy(task)
        mine._dag = self  # type: ignore[assignment] # a DAG
        mine._upstream_ids = {t: None for t in task._upstream_ids if t in kept}
        mine._downstream_ids = {t: None for t in task._downstream_ids if t in kept}
        mine._implied_upstream_ids = task._implied_upstream_ids & kept
        mine.task_group = groups[id(task.task_group)]
        self.task_dict[mine.task_id] = mine
        mine.task_group.add(mine)


def _copy_group(group: TaskGroup, dag: Any, groups: dict[int, TaskGroup]) -> TaskGroup:
    mine = copy.copy(group)
    mine.dag, mine.children = dag, {}
    mine.parent_group = groups[id(group.parent_group)]
    mine.parent_group.add(mine)
    return mine
