"""Dependencies between tasks: `>>`, `<<`, set_upstream, set_downstream, chain, cross_downstream.

Every edge is checked when it is stated: both tasks in one DAG and no cycle, else it is refused. One
from task to task that is stated twice counts once, and the DAG gets a warning. Edges that follow from
something else (a group, an argument, a label) may meet others, and one statement in a loop is not two.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from couture_operators.exceptions import (
    AirflowDagCycleException,
    DagDefinitionError,
)

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator

_HERE = str(Path(__file__).parent) + "/"


class DependencyMixin:
    """Anything that can stand on a side of `>>`: a task, or what stands for several tasks."""

    @property
    def roots(self) -> Sequence[BaseOperator]:
        """The tasks that wait for what is upstream of this."""
        raise NotImplementedError

    @property
    def leaves(self) -> Sequence[BaseOperator]:
        """The tasks that what is downstream of this waits for."""
        raise NotImplementedError

    #: whether this is one task, so that an edge to another one stated twice is noticed
    _is_single: ClassVar[bool] = False

    def set_downstream(self, other: Any, edge_modifier: Any = None) -> None:
        """Let the other one (or each of a list) run after this; an edge_modifier is a Label."""
        for node in nodes(other):
            _join(self, node, edge_modifier)

    def set_upstream(self, other: Any, edge_modifier: Any = None) -> None:
        """Let this run after the other one (or after each of a list)."""
        for node in nodes(other):
            _join(node, self, edge_modifier)

    def update_relative(
        self, other: Node, upstream: bool = True, edge_modifier: Any = None
    ) -> None:
        """Called on the other end of a new dependency; what waits for its other end takes note."""

    def __rshift__(self, other: Any) -> Any:
        if hasattr(other, "task_dict"):
            return NotImplemented  # a DAG takes the task: DagGraph.__rrshift__
        self.set_downstream(other)
        return other

    def __lshift__(self, other: Any) -> Any:
        if hasattr(other, "task_dict"):
            return NotImplemented
        self.set_upstream(other)
        return other

    def __rrshift__(self, other: Any) -> Any:
        self.set_upstream(other)
        return self

    def __rlshift__(self, other: Any) -> Any:
        self.set_downstream(other)
        return self


Node: TypeAlias = DependencyMixin


def _join(before: Node, after: Node, edge_modifier: Any) -> None:
    implied = not (before._is_single and after._is_single)
    link_all(before.leaves, after.roots, implied=implied)
    after.update_relative(before, upstream=True, edge_modifier=edge_modifier)
    before.update_relative(after, upstream=False, edge_modifier=edge_modifier)
    if edge_modifier is not None:
        edge_modifier.note(before, after)


def chain(*steps: Node | Sequence[Node]) -> None:
    """Let each step run after the one before; two lists of one length are linked pair by pair."""
    for before, after in zip(steps, steps[1:], strict=False):
        firsts, seconds = list(nodes(before)), list(nodes(after))
        if isinstance(before, DependencyMixin) or isinstance(after, DependencyMixin):
            cross_downstream(firsts, seconds)
        elif len(firsts) == len(seconds):
            for first, second in zip(firsts, seconds, strict=True):
                first.set_downstream(second)
        else:
            raise DagDefinitionError(
                f"chain: two lists that follow each other need the same length, these have "
                f"{len(firsts)} and {len(seconds)} tasks."
            )


def chain_linear(*steps: Node | Sequence[Node]) -> None:
    """Let everything of each step run after everything of the step before."""
    filled = [step for step in steps if isinstance(step, DependencyMixin) or len(step)]
    if len(filled) < 2:
        raise DagDefinitionError("chain_linear: give two steps or more.")
    for before, after in zip(filled, filled[1:], strict=False):
        cross_downstream(before, after)


def cross_downstream(from_tasks: Node | Sequence[Node], to_tasks: Node | Sequence[Node]) -> None:
    """Let every task of the second list run after every task of the first."""
    for task in nodes(from_tasks):
        task.set_downstream(list(nodes(to_tasks)))


def nodes(value: Any) -> Iterable[Node]:
    """The ends of dependencies in a value: the one that it is, or those of a nested list."""
    if isinstance(value, DependencyMixin):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from nodes(item)
    else:
        raise DagDefinitionError(
            f"A dependency joins tasks or lists of tasks, not {value!r} (a {type(value).__name__})."
        )


def link_all(
    upstream: Iterable[BaseOperator], downstream: Sequence[BaseOperator], *, implied: bool
) -> None:
    """State the edges from each of the first to each of the second."""
    for first in upstream:
        for second in downstream:
            link(first, second, implied=implied)


def link(upstream: BaseOperator, downstream: BaseOperator, *, implied: bool = False) -> None:
    """State one edge; raises a sentence that names both tasks when it cannot stand.

    An implied edge may be there already and may be stated later.
    """
    _share_dag(upstream, downstream)
    first, second, dag = upstream.task_id, downstream.task_id, upstream.dag
    if second in upstream._downstream_ids:
        stated_before = first not in downstream._implied_upstream_ids
        if not implied and stated_before and downstream._edge_sites.get(first) != _site():
            dag._warn(
                f"DAG {dag.dag_id!r}: the dependency {first} >> {second} is stated twice; "
                "remove one of the two."
            )
        if not implied:
            downstream._implied_upstream_ids.discard(first)
            downstream._edge_sites[first] = _site()
        return
    if path := _path(downstream, upstream):
        circle = " >> ".join([first, *path])
        raise AirflowDagCycleException(
            f"DAG {dag.dag_id!r}: {first} >> {second} closes a cycle: {circle}."
        )
    upstream._downstream_ids[second] = None
    downstream._upstream_ids[first] = None
    if implied:
        downstream._implied_upstream_ids.add(first)
    else:
        downstream._edge_sites[first] = _site()


def _site() -> tuple[str, int] | None:
    """File and line of the author's statement that is being executed."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame else None


def _share_dag(one: BaseOperator, other: BaseOperator) -> None:
    """Let a task without a DAG join the other's; refuse an edge between two DAGs."""
    if not one.has_dag() and not other.has_dag():
        raise DagDefinitionError(
            f"{one.task_id} >> {other.task_id}: neither task belongs to a DAG; pass dag= or "
            "create them inside `with DAG(...)`."
        )
    if not one.has_dag():
        one.dag = other.dag
    elif not other.has_dag():
        other.dag = one.dag
    if one.dag is not other.dag:
        raise DagDefinitionError(
            f"{one.task_id} >> {other.task_id}: the tasks belong to two DAGs, "
            f"{one.dag.dag_id!r} and {other.dag.dag_id!r}; use a DagOperator to start another DAG."
        )


def _path(start: BaseOperator, goal: BaseOperator) -> list[str] | None:
    """The task_ids from start to goal along existing edges, None when there is no way."""
    if start is goal:
        return [start.task_id]
    if not start._downstream_ids or not goal._upstream_ids:
        return None
    came_from: dict[str, str] = {}
    todo = [start.task_id]
    while todo:
        here = todo.pop()
        for task_id in start.dag.task_dict[here]._downstream_ids:
            if task_id not in came_from:
                came_from[task_id] = here
                todo.append(task_id)
    if goal.task_id not in came_from:
        return None
    path = [goal.task_id]
    while path[0] != start.task_id:
        path.insert(0, came_from[path[0]])
    return path
