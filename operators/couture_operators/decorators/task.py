"""TaskDecorator: a function that makes a task when the DAG file calls it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from couture_operators import registry
from couture_operators.baseoperator import BaseOperator
from couture_operators.decorators.signatures import check_mapped_names, returns_mapping
from couture_operators.expand_input import ExpandInput, product, rows
from couture_operators.mapping import MappedOperator
from couture_operators.operator_meta import argument_names, dag_of
from couture_operators.taskgroup import current_group, free_id
from couture_operators.xcom_arg import XComArg


class TaskDecorator:
    """What `@task` makes of a function. Calling it makes a task and gives the task's result.

    `override(...)` changes arguments of the task, `partial(...)` fixes arguments of the function,
    `expand(...)` and `expand_kwargs(...)` map the function over values. The function itself stays
    reachable as `function` (and `__wrapped__`).
    """

    is_task_decorator: ClassVar[bool] = True
    is_setup = False
    is_teardown = False
    on_failure_fail_dagrun = False

    def __init__(
        self,
        function: Callable[..., Any],
        operator_class: type[BaseOperator],
        multiple_outputs: bool | None = None,
        kwargs: Mapping[str, Any] | None = None,
        name: str = "task",
    ):
        if not callable(function):
            raise TypeError(f"@{name} decorates a function, not {function!r}.")
        if "self" in inspect.signature(function).parameters:
            raise TypeError(f"@{name} does not work on methods; use a function or a staticmethod.")
        self.function = self.__wrapped__ = function
        self.operator_class, self.decorator_name = operator_class, name
        self.multiple_outputs = (
            returns_mapping(function) if multiple_outputs is None else multiple_outputs
        )
        self.kwargs: dict[str, Any] = {"task_id": function.__name__, **(kwargs or {})}
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__module__ = function.__module__

    def __call__(self, *args: Any, **kwargs: Any) -> XComArg:
        """Make a task that calls the function with these arguments; its result."""
        fixed = self.kwargs.get("op_kwargs") or {}
        task = self.operator_class(
            python_callable=self.function,
            **{**self.kwargs, "op_args": args, "op_kwargs": {**fixed, **kwargs}},
            multiple_outputs=self.multiple_outputs,
        )
        return self._finished(task)

    def partial(self, **kwargs: Any) -> TaskDecorator:
        """Fix arguments of the function; map over others with expand()."""
        check_mapped_names(self.function.__name__, self.function, "partial", kwargs)
        fixed = self.kwargs.get("op_kwargs") or {}
        if twice := sorted(fixed.keys() & kwargs.keys()):
            raise TypeError(f"partial(): the argument {twice[0]!r} is fixed already.")
        return self.override(op_kwargs={**fixed, **kwargs})

    def expand(self, **mapped: Any) -> XComArg:
        """Make a task with an instance for each combination of the arguments' items."""
        check_mapped_names(self.function.__name__, self.function, "expand", mapped)
        where = f"{self.function.__name__}.expand"
        return self._expand(product(where, mapped, self.kwargs.get("op_kwargs") or {}))

    def expand_kwargs(self, kwargs: Any, *, strict: bool = True) -> XComArg:
        """Make a task with an instance for each dict of arguments."""
        return self._expand(rows(kwargs), strict)

    def _expand(self, expand_input: ExpandInput, strict: bool = True) -> XComArg:
        task_id = self.kwargs["task_id"]
        if dag := dag_of(self.kwargs) or registry.current_dag():
            task_id = free_id(task_id, self.kwargs.get("task_group") or current_group(dag))
        common = argument_names(BaseOperator).keys()
        fixed = {
            **self.kwargs,
            "task_id": task_id,
            "python_callable": self.function,
            "multiple_outputs": self.multiple_outputs,
        }
        task = MappedOperator(
            operator_class=self.operator_class,
            partial_kwargs=fixed,
            expand_input=expand_input,
            strict=strict,
            into="op_kwargs",
            **{name: value for name, value in fixed.items() if name in common},
        )
        return self._finished(task)

    def _finished(self, task: BaseOperator) -> XComArg:
        documented = (task.doc, task.doc_json, task.doc_md, task.doc_rst, task.doc_yaml)
        if self.function.__doc__ and not any(documented):
            task.doc_md = inspect.cleandoc(self.function.__doc__)
        if self.is_setup:
            task.as_setup()
        if self.is_teardown:
            if "trigger_rule" in self.kwargs:
                raise ValueError(f"{task._sentence_name}: a teardown has its own trigger rule.")
            task.as_teardown(on_failure_fail_dagrun=self.on_failure_fail_dagrun)
        return XComArg(task)

    def override(self, **kwargs: Any) -> TaskDecorator:
        """The same function with other arguments of the task."""
        made = TaskDecorator(
            self.function,
            self.operator_class,
            kwargs.pop("multiple_outputs", self.multiple_outputs),
            {**self.kwargs, **kwargs},
            self.decorator_name,
        )
        made.is_setup, made.is_teardown = self.is_setup, self.is_teardown
        made.on_failure_fail_dagrun = made.kwargs.pop(
            "on_failure_fail_dagrun", self.on_failure_fail_dagrun
        )
        return made

    def __repr__(self) -> str:
        return f"<@{self.decorator_name} {self.function.__name__}>"


def task_decorator_factory(
    python_callable: Callable[..., Any] | None = None,
    *,
    multiple_outputs: bool | None = None,
    decorated_operator_class: type[BaseOperator],
    name: str = "task",
    **kwargs: Any,
) -> Any:
    """The decorator for an operator class; with a function given, its TaskDecorator."""

    def decorate(function: Callable[..., Any]) -> TaskDecorator:
        made = TaskDecorator(function, decorated_operator_class, multiple_outputs, kwargs, name)
        made.on_failure_fail_dagrun = made.kwargs.pop("on_failure_fail_dagrun", False)
        return made

    if python_callable is None:
        return decorate
    if kwargs.keys() - {"task_id"} or not callable(python_callable):
        raise TypeError(f"@{name} takes its arguments by name: @{name}(task_id=..., ...).")
    return decorate(python_callable)
