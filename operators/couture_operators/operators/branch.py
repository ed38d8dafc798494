"""Operators that choose which of the following tasks run; the others are skipped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException

if TYPE_CHECKING:
    from couture_operators.taskinstance import TaskInstance


class SkipMixin:
    """For author-written operators: skip tasks of the run that the operator runs in."""

    def skip(
        self, dag_run: Any, execution_date: Any = None, tasks: Any = (), *_: Any, **__: Any
    ) -> None:
        """Skip these tasks once the running one has succeeded."""
        from couture_operators.context import get_current_context

        several = [tasks] if isinstance(tasks, BaseOperator) else list(tasks)
        get_current_context()["ti"].skip_tasks(task.task_id for task in several)

    @staticmethod
    def skip_all_except(ti: TaskInstance, branch_task_ids: Any) -> None:
        """Skip what is directly after the running task, except these and what they lead to."""
        follow(ti, branch_task_ids)


class BranchMixIn(SkipMixin):
    """Gives an operator `do_branch`."""

    def do_branch(self, context: Context, branches_to_execute: Any) -> Any:
        """Follow these branches; what was chosen."""
        follow(context["ti"], branches_to_execute)
        return branches_to_execute


class BaseBranchOperator(BaseOperator, BranchMixIn):
    """Subclasses say in `choose_branch(context)` which task_ids or group ids are followed."""

    operator_kind: ClassVar[str] = "branch"

    def choose_branch(self, context: Context) -> Any:
        """One id, several, or None for no branch."""
        raise NotImplementedError(f"{type(self).__name__} has no choose_branch method.")

    def execute(self, context: Context) -> Any:
        """Choose and skip what was not chosen."""
        return self.do_branch(context, self.choose_branch(context))


def follow(ti: TaskInstance, chosen: Any) -> None:
    """Skip the direct downstream tasks that were not chosen and that no chosen one leads to.

    A group's id stands for the first tasks of the group; None chooses nothing.
    """
    task, dag = ti.task, ti.task.dag
    followed = [name for branch in _ids(chosen) for name in _tasks_of(dag, branch)]
    if strangers := sorted(set(followed) - set(dag.task_dict)):
        raise AirflowException(
            f"The branch function chose {', '.join(strangers)}, which DAG {dag.dag_id!r} does not "
            f"have; directly after {task.task_id} are {', '.join(task._downstream_ids) or 'none'}."
        )
    kept = set(followed)
    for task_id in followed:
        kept |= dag.get_task(task_id).get_flat_relative_ids()
    task.log.info("Following %s", ", ".join(followed) or "no branch")
    ti.skip_tasks(task_id for task_id in task._downstream_ids if task_id not in kept)


def _ids(chosen: Any) -> list[str]:
    found = [] if chosen is None else [chosen] if isinstance(chosen, str) else chosen
    if isinstance(found, Iterable):
        found = list(found)
        if all(isinstance(name, str) for name in found):
            return found
    raise AirflowException(
        f"A branch function returns task_ids (a text or a list), not {chosen!r}."
    )


def _tasks_of(dag: Any, branch: str) -> list[str]:
    group = getattr(dag, "task_group_dict", {}).get(branch)
    return [branch] if group is None else [root.task_id for root in group.roots]
