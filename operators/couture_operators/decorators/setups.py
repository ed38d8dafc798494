"""`@setup` and `@teardown`: tasks that make something ready and clear it away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from couture_operators.decorators.task import TaskDecorator
from couture_operators.decorators.tasks import task
from couture_operators.exceptions import DagDefinitionError


def setup(function: Any) -> TaskDecorator:
    """Make a setup of a function or of what a `@task` decorator made."""
    made = _task_of(function, "setup")
    made.is_setup = True
    return made


def teardown(function: Any = None, *, on_failure_fail_dagrun: bool = False) -> Any:
    """Make a teardown of a function or of what a `@task` decorator made."""

    def decorate(function: Any) -> TaskDecorator:
        made = _task_of(function, "teardown")
        made.is_teardown, made.on_failure_fail_dagrun = True, on_failure_fail_dagrun
        return made

    return decorate if function is None else decorate(function)


def _task_of(function: Callable[..., Any] | TaskDecorator, name: str) -> TaskDecorator:
    if isinstance(function, TaskDecorator):
        return function
    if hasattr(function, "is_task_group"):
        raise DagDefinitionError(f"@{name} marks tasks; a task group cannot be one.")
    return task(function)
