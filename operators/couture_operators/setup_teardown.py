"""Setups and teardowns: tasks that make something ready for others, and clear it away again.

`with teardown:` (or `with setup:`) puts the tasks made inside between the setups and the teardowns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from couture_operators.exceptions import DagDefinitionError
from couture_operators.relations import DependencyMixin, link_all, nodes
from couture_operators.trigger_rule import TriggerRule

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator

_UNSET: Any = object()


@dataclass
class SetupTeardownScope:
    """An open `with` block of setups and teardowns, and the tasks made inside."""

    setups: list[BaseOperator]
    teardowns: list[BaseOperator]
    tasks: list[BaseOperator] = field(default_factory=list)

    def add_task(self, task: Any) -> None:
        """Let a task that was made elsewhere count as made inside."""
        self.tasks.extend(task.roots)

    def close(self, outer: SetupTeardownScope | None) -> None:
        """Put the tasks between setups and teardowns, and those between the outer ones."""
        work = [task for task in self.tasks if not (task.is_setup or task.is_teardown)]
        inside = {task.task_id for task in work}
        roots = [task for task in work if inside.isdisjoint(task._upstream_ids)]
        leaves = [task for task in work if inside.isdisjoint(task._downstream_ids)]
        link_all(self.setups, roots, implied=True)
        link_all(leaves, self.teardowns, implied=True)
        if outer is not None:
            link_all(outer.setups, self.setups, implied=True)
            link_all(self.teardowns, outer.teardowns, implied=True)


_open: list[SetupTeardownScope] = []


class SetupTeardownContext:
    """Airflow's name for the innermost open block."""

    @staticmethod
    def add_task(task: Any) -> None:
        """Let a task count as made inside the innermost block."""
        if not _open:
            raise DagDefinitionError(
                "add_task works inside `with setup:` or `with teardown:` only."
            )
        _open[-1].add_task(task)


def note_task(task: BaseOperator) -> None:
    """Remember a new task for the innermost open block."""
    if _open:
        _open[-1].tasks.append(task)


def reset() -> None:
    """Forget blocks that a failed file left open."""
    _open.clear()


def enter(tasks: Iterable[BaseOperator]) -> SetupTeardownScope:
    """Open a block between these setups or teardowns and those that belong to them."""
    given = list(tasks)
    setups = [task for task in given if task.is_setup]
    teardowns = [task for task in given if task.is_teardown]
    if len(setups) + len(teardowns) != len(given) or (setups and teardowns) or not given:
        names = ", ".join(task.task_id for task in given)
        raise DagDefinitionError(
            f"`with {names}:` takes setups only or teardowns only; mark tasks with as_setup() or "
            "as_teardown()."
        )
    scope = SetupTeardownScope(
        setups or _relatives(teardowns, upstream=True),
        teardowns or _relatives(setups, upstream=False),
    )
    _open.append(scope)
    return scope


def leave(failed: bool = False) -> None:
    """Close the innermost block."""
    scope = _open.pop()
    if not failed:
        scope.close(_open[-1] if _open else None)


def _relatives(tasks: list[BaseOperator], upstream: bool) -> list[BaseOperator]:
    """The setups before teardowns or the teardowns after setups: the direct ones, else any."""
    near = [found for task in tasks for found in task.get_direct_relatives(upstream)]
    far = [
        task.dag.get_task(name) for task in tasks for name in task.get_flat_relative_ids(upstream)
    ]
    for found in (near, far):
        wanted = [task for task in found if (task.is_setup if upstream else task.is_teardown)]
        if wanted:
            return list(dict.fromkeys(wanted))
    return []


class SetupTeardownMixin(DependencyMixin):
    """What makes a task a setup or a teardown."""

    is_setup: bool = False
    is_teardown: bool = False
    on_failure_fail_dagrun: bool = False
    trigger_rule: str

    def as_setup(self) -> Self:
        """Make the task a setup."""
        self.is_setup = True
        return self

    def as_teardown(self, *, setups: Any = _UNSET, on_failure_fail_dagrun: Any = _UNSET) -> Self:
        """Make the task a teardown of these setups.

        It runs when its setups have succeeded, however the work between has ended; its own failure
        fails the run only with on_failure_fail_dagrun.
        """
        self.is_teardown = True
        self.trigger_rule = str(TriggerRule.ALL_DONE_SETUP_SUCCESS)
        if on_failure_fail_dagrun is not _UNSET:
            self.on_failure_fail_dagrun = on_failure_fail_dagrun
        if setups is not _UNSET and setups is not None:
            for setup in nodes(list(setups) if not isinstance(setups, DependencyMixin) else setups):
                for task in setup.leaves:
                    task.as_setup()
                link_all(setup.leaves, self.roots, implied=True)
        return self

    def __enter__(self) -> SetupTeardownScope:
        return enter(self.roots)

    def __exit__(self, *error: object) -> None:
        leave(failed=error[0] is not None)


class ContextWrapper(list):
    """Several setups or several teardowns as one `with` block."""

    def __enter__(self) -> SetupTeardownScope:
        return enter(task for node in self for task in node.roots)

    def __exit__(self, *error: object) -> None:
        leave(failed=error[0] is not None)


context_wrapper = ContextWrapper
