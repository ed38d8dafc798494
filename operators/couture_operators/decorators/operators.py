"""The operators behind `@task` and its variants: a function called with the arguments it was given."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.decorators.signatures import check_call
from couture_operators.operator_meta import dag_of
from couture_operators.operators.bash import BashOperator
from couture_operators.operators.python import PythonOperator, call_with_context
from couture_operators.runtime import current_runtime
from couture_operators.taskgroup import current_group, free_id
from couture_operators.templating import Renderer


class DecoratedOperator(BaseOperator):
    """A task made by calling a decorated function. Subclasses name it before their operator.

    The second task of one name in a DAG gets `__1` after it, the next one `__2`.
    """

    template_fields: Sequence[str] = ("op_args", "op_kwargs")
    template_fields_renderers: ClassVar[dict[str, str]] = {"op_args": "py", "op_kwargs": "py"}
    custom_operator_name: ClassVar[str] = "@task"
    #: whether the operator itself takes the function
    passes_callable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        task_id: str,
        op_args: Sequence[Any] = (),
        op_kwargs: Mapping[str, Any] | None = None,
        kwargs_to_upstream: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ):
        if dag := dag_of(kwargs):
            task_id = free_id(task_id, kwargs.get("task_group") or current_group(dag))
        given = self._with_defaults(python_callable, op_args, dict(op_kwargs or {}))
        check_call(f"Task {task_id!r}", python_callable, op_args, given)
        if self.passes_callable:
            kwargs |= {"python_callable": python_callable, "op_args": op_args, "op_kwargs": given}
        super().__init__(task_id=task_id, **(kwargs_to_upstream or {}), **kwargs)
        self.python_callable = python_callable
        self.op_args: Any = list(op_args)
        self.op_kwargs: Any = given

    def _with_defaults(
        self, function: Callable[..., Any], args: Sequence[Any], given: dict[str, Any]
    ) -> dict[str, Any]:
        """The arguments by name, filled from default_args where the function has such names."""
        defaults: Mapping[str, Any] = self.__dict__.get("_default_args") or {}
        by_name = list(inspect.signature(function).parameters)[len(args) :]
        return {name: defaults[name] for name in by_name if name in defaults} | given


class DecoratedPythonOperator(DecoratedOperator, PythonOperator):
    """`@task`: the function is the task."""

    template_fields: Sequence[str] = PythonOperator.template_fields
    passes_callable: ClassVar[bool] = True


class DecoratedBashOperator(DecoratedOperator, BashOperator):
    """`@task.bash`: the function returns the command, which may hold templates."""

    template_fields: Sequence[str] = ("op_args", "op_kwargs", *BashOperator.template_fields)
    custom_operator_name: ClassVar[str] = "@task.bash"

    def __init__(self, *, multiple_outputs: bool = False, **kwargs: Any):
        super().__init__(bash_command=None, **kwargs)

    def execute(self, context: Context) -> Any:
        """Call the function and run what it returns."""
        command = call_with_context(self.python_callable, self.op_args, self.op_kwargs, context)
        if not isinstance(command, str) or not command.strip():
            raise TypeError(
                f"The function of a @task.bash returns a command, a text that is not empty; it "
                f"returned {command!r}."
            )
        read = current_runtime().read_template
        self.bash_command = Renderer(self.dag, context, read, self.template_ext).render(command)
        current_runtime().put_rendered({"bash_command": self.bash_command})
        return super().execute(context)


@cache
def decorated(operator: type[BaseOperator], name: str) -> type[BaseOperator]:
    """The decorated form of an operator that takes a function with op_args and op_kwargs."""
    fields = dict.fromkeys(("op_args", "op_kwargs", *operator.template_fields))
    return type(DecoratedOperator)(
        f"Decorated{operator.__name__}",
        (DecoratedOperator, operator),
        {
            "__doc__": f"`@{name}`.",
            "__module__": __name__,
            "template_fields": tuple(fields),
            "custom_operator_name": f"@{name}",
            "passes_callable": True,
        },
    )
