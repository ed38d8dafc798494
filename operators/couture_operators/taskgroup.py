"""TaskGroup: tasks that stand together in a DAG, under one name and as one end of a dependency."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from couture_operators import registry, validation
from couture_operators.exceptions import (
    DagDefinitionError,
    DuplicateTaskIdFound,
    TaskAlreadyInTaskGroup,
)
from couture_operators.relations import DependencyMixin, link_all

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator
    from couture_operators.dag import DAG
    from couture_operators.expand_input import ExpandInput

_NUMBERED = re.compile(r"__\d+$")
_PREFIX = re.compile(r"[\w\-]{1,200}")


class TaskGroup(DependencyMixin):
    """A group of tasks; inside `with TaskGroup(...)` tasks and groups belong to it.

    With `prefix_group_id` (the default) the ids of what is inside start with the group's id and a
    dot. `default_args` come before the DAG's. A group that is told to run after something passes
    that on to its first tasks, and what runs after it waits for its last tasks, teardowns left out.
    """

    def __init__(
        self,
        group_id: str | None,
        prefix_group_id: bool = True,
        parent_group: TaskGroup | None = None,
        dag: DAG | None = None,
        default_args: dict[str, Any] | None = None,
        tooltip: str = "",
        ui_color: str = "CornflowerBlue",
        ui_fgcolor: str = "#000",
        add_suffix_on_collision: bool = False,
        group_display_name: str = "",
    ):
        self.children: dict[str, BaseOperator | TaskGroup] = {}
        self.prefix_group_id = validation.flag("TaskGroup", "prefix_group_id", prefix_group_id)
        self.tooltip, self.ui_color, self.ui_fgcolor = tooltip, ui_color, ui_fgcolor
        self.group_display_name = group_display_name
        self.default_args = copy.copy(default_args or {})
        self.expand_input: ExpandInput | None = None
        if group_id is None:
            self._become_root(dag, parent_group)
            return
        dag = dag or (parent_group.dag if parent_group else registry.current_dag())
        if dag is None:
            raise DagDefinitionError(
                f"TaskGroup {group_id!r} belongs to no DAG: pass dag= or make it inside "
                "`with DAG(...)`."
            )
        self.dag, self.parent_group = dag, parent_group or current_group(dag)
        if self.parent_group.dag is not dag:
            raise DagDefinitionError(
                f"TaskGroup {group_id!r} of DAG {dag.dag_id!r} cannot be inside a group of DAG "
                f"{self.parent_group.dag.dag_id!r}."
            )
        self._label = _checked_id(group_id, prefix_group_id)
        if add_suffix_on_collision:
            self._label = free_id(self._label, self.parent_group)
        self.default_args = {**self.parent_group.default_args, **self.default_args}
        self.parent_group.add(self)

    def _become_root(self, dag: DAG | None, parent: TaskGroup | None) -> None:
        if dag is None or parent is not None:
            raise DagDefinitionError("A TaskGroup without a group_id is a DAG's own group.")
        self.dag, self.parent_group, self._label = dag, None, ""

    # Names

    @property
    def group_id(self) -> str | None:
        """The group's id, with the prefixes of the groups around it; None for the DAG's own."""
        if self.parent_group is None:
            return None
        return self.parent_group.child_id(self._label)

    node_id = group_id

    @property
    def label(self) -> str:
        """The id without the prefixes of the groups around it."""
        return self._label

    @property
    def is_root(self) -> bool:
        """Whether this is the DAG's own group, which holds everything."""
        return self.parent_group is None

    @property
    def task_group(self) -> TaskGroup | None:
        """The group around this one."""
        return self.parent_group

    def child_id(self, label: str) -> str:
        """The id of something inside, from its own name."""
        prefix = self.group_id if self.prefix_group_id else None
        return f"{prefix}.{label}" if prefix else label

    @property
    def upstream_join_id(self) -> str:
        """The id of the group's entry in graphs."""
        return f"{self.group_id}.upstream_join_id"

    @property
    def downstream_join_id(self) -> str:
        """The id of the group's exit in graphs."""
        return f"{self.group_id}.downstream_join_id"

    # What is inside

    def add(self, node: BaseOperator | TaskGroup) -> BaseOperator | TaskGroup:
        """Put a task or a group into this group."""
        key = node.node_id
        if key is None:
            raise DagDefinitionError("A DAG's own group cannot be inside another group.")
        if self.children.get(key) is node:
            return node
        if isinstance(node, TaskGroup):
            self._refuse_taken(key)
            self.dag.task_group_dict[key] = node
        elif node.task_group is not None and node.task_group is not self:
            raise TaskAlreadyInTaskGroup(
                f"Task {key!r} is in the group {node.task_group.group_id!r} already and cannot be "
                f"added to {self.group_id!r}."
            )
        self.children[key] = node
        return node

    def _refuse_taken(self, group_id: str) -> None:
        if group_id in self.dag.task_dict or group_id in self.dag.task_group_dict:
            raise DuplicateTaskIdFound(
                f"DAG {self.dag.dag_id!r} has a task or a group with the id {group_id!r} already; "
                "give one another name, or pass add_suffix_on_collision=True."
            )

    def __iter__(self) -> Iterator[BaseOperator]:
        for child in self.children.values():
            if isinstance(child, TaskGroup):
                yield from child
            else:
                yield child

    def iter_tasks(self) -> Iterator[BaseOperator]:
        """All tasks of this group and of the groups inside."""
        return iter(self)

    def iter_groups(self) -> Iterator[TaskGroup]:
        """The groups inside, each before those inside it."""
        for child in self.children.values():
            if isinstance(child, TaskGroup):
                yield child
                yield from child.iter_groups()

    def has_task(self, task: BaseOperator) -> bool:
        """Whether a task is in this group or in a group inside."""
        return any(child is task for child in self)

    def get_task_group_dict(self) -> dict[str | None, TaskGroup]:
        """This group and the groups inside, by their ids."""
        return {self.group_id: self} | {group.group_id: group for group in self.iter_groups()}

    def get_child_by_label(self, label: str) -> BaseOperator | TaskGroup:
        """The task or group directly inside that has this name; KeyError when there is none."""
        return self.children[self.child_id(label)]

    def hierarchical_alphabetical_sort(self) -> list[BaseOperator | TaskGroup]:
        """What is directly inside: groups first, each sort by name."""
        return sorted(
            self.children.values(),
            key=lambda node: (not isinstance(node, TaskGroup), str(node.node_id)),
        )

    # Both ends

    @property
    def roots(self) -> list[BaseOperator]:
        """The tasks inside that wait for no other task inside."""
        tasks = list(self)
        inside = {task.task_id for task in tasks}
        return [task for task in tasks if inside.isdisjoint(task._upstream_ids)]

    @property
    def leaves(self) -> list[BaseOperator]:
        """The tasks inside that no other task inside waits for.

        Teardowns do not count: in their place stand the tasks before them.
        """
        tasks = list(self)
        inside = {task.task_id for task in tasks}
        found: dict[str, BaseOperator] = {}
        for task in tasks:
            if inside.isdisjoint(task._downstream_ids):
                last = _before_teardown(task, inside) if task.is_teardown else [task]
                found |= {leaf.task_id: leaf for leaf in last}
        return list(found.values())

    def get_roots(self) -> Iterator[BaseOperator]:
        """The tasks inside that wait for no other task inside."""
        return iter(self.roots)

    def get_leaves(self) -> Iterator[BaseOperator]:
        """The tasks inside that no other task inside waits for."""
        return iter(self.leaves)

    def iter_mapped_task_groups(self) -> Iterator[TaskGroup]:
        """This group and those around it, as far as they are mapped."""
        group: TaskGroup | None = self
        while group is not None:
            if group.expand_input is not None:
                yield group
            group = group.parent_group

    def __enter__(self) -> TaskGroup:
        registry.enter_group(self)
        return self

    def __exit__(self, *error: object) -> None:
        registry.leave_group()
        if self.expand_input is not None and error[0] is None:
            link_all(
                [task for task, _ in self.expand_input.iter_references()], self.roots, implied=True
            )

    def __repr__(self) -> str:
        return f"<TaskGroup: {self.group_id}>"


class MappedTaskGroup(TaskGroup):
    """A group with an instance for each combination of the items of its arguments."""

    def __init__(self, *, expand_input: ExpandInput, **kwargs: Any):
        super().__init__(**kwargs)
        self.expand_input = expand_input


def _before_teardown(teardown: BaseOperator, inside: set[str]) -> Iterator[BaseOperator]:
    for task in teardown.upstream_list:
        if task.task_id not in inside or (teardown.is_teardown and task.is_setup):
            continue
        if task.is_teardown:
            yield from _before_teardown(task, inside)
        elif not _has_work_after(task, inside, teardown.task_id):
            yield task


def _has_work_after(task: BaseOperator, inside: set[str], but: str) -> bool:
    return any(
        after.task_id in inside and after.task_id != but and not after.is_teardown
        for after in task.downstream_list
    )


def _checked_id(group_id: Any, prefix: bool) -> str:
    if not isinstance(group_id, str) or not group_id:
        raise DagDefinitionError(f"A group_id is a text, not {group_id!r}.")
    if prefix and not _PREFIX.fullmatch(group_id):
        raise DagDefinitionError(
            f"The group_id {group_id!r} is not allowed, because it starts the ids of its tasks: "
            "use 1 to 200 letters, digits, dashes and underscores."
        )
    return group_id


def current_group(dag: DAG) -> TaskGroup:
    """The innermost group of the DAG whose `with` block is open, else the DAG's own."""
    return registry.current_group(dag) or dag.task_group


def free_id(label: str, group: TaskGroup) -> str:
    """The name, or with `__1`, `__2`, ... after it where the group has it already."""
    dag = group.dag
    if (wanted := group.child_id(label)) not in dag.task_dict and wanted not in dag.task_group_dict:
        return label
    base = _NUMBERED.sub("", label)
    numbered = re.compile(re.escape(group.child_id(base)) + r"__(\d+)")
    taken = [*dag.task_dict, *dag.task_group_dict]
    numbers = [int(found[1]) for name in taken if (found := numbered.fullmatch(name))]
    return f"{base}__{max(numbers, default=0) + 1}"


def mapped_group_of(task: BaseOperator) -> TaskGroup | None:
    """The mapped group that a task is in, None when there is none."""
    return next(task.task_group.iter_mapped_task_groups(), None) if task.task_group else None
