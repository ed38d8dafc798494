"""PythonOperator and its relatives that choose what runs next."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException


class PythonOperator(BaseOperator):
    """Call a Python function; what it returns is the task's XCom.

    The function gets op_args, op_kwargs and those context values that its signature names (all of
    them if it takes `**kwargs`). `provide_context=False` leaves the context out.
    """

    template_fields: Sequence[str] = ("templates_dict", "op_args", "op_kwargs")
    template_fields_renderers: ClassVar[dict[str, str]] = {
        "templates_dict": "json",
        "op_args": "py",
        "op_kwargs": "py",
    }
    ui_color: ClassVar[str] = "#ffefeb"
    operator_kind: ClassVar[str] = "python"

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        op_args: Iterable[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        provide_context: bool | None = None,
        templates_dict: dict[str, Any] | None = None,
        templates_exts: Sequence[str] | None = None,
        show_return_value_in_logs: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not callable(python_callable):
            validation.refuse(
                self.where, f"python_callable must be a function, not {python_callable!r}."
            )
        self.python_callable = python_callable
        self.op_args = list(op_args or ())
        self.op_kwargs = dict(op_kwargs or {})
        self.provide_context = provide_context
        self.templates_dict = templates_dict
        self.show_return_value_in_logs = show_return_value_in_logs
        if templates_exts:
            self.template_ext = templates_exts

    def execute(self, context: Context) -> Any:
        """Call the function; what it returned."""
        context["templates_dict"] = self.templates_dict
        result = self.call(context)
        if self.show_return_value_in_logs and result is not None:
            self.log.info("Done. Returned value was: %s", result)
        return result

    def call(self, context: Context) -> Any:
        """Call the function with the arguments and the context values that it takes."""
        if self.provide_context is False:
            return self.python_callable(*self.op_args, **self.op_kwargs)
        wanted = wanted_context(self.python_callable, self.op_args, context)
        values = {name: context[name] for name in wanted if name not in self.op_kwargs}
        return self.python_callable(*self.op_args, **values, **self.op_kwargs)


def wanted_context(
    function: Callable[..., Any], args: Sequence[Any], context: Context
) -> Iterable[str]:
    """The names of the context values that a function takes beyond its positional arguments."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some functions written in C tell nothing
        return ()
    parameters = list(signature.parameters.values())
    by_position = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    taken = {parameter.name for parameter in by_position[: len(args)]}
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return [name for name in context if name not in taken]
    named = (p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))
    return [name for name in named if name in context and name not in taken]


class BranchPythonOperator(PythonOperator):
    """Follow only the direct downstream tasks whose task_ids the function returns; skip the others.

    None follows no branch. Tasks that a followed branch leads to are not skipped.
    """

    operator_kind: ClassVar[str] = "branch"

    def execute(self, context: Context) -> Any:
        """Call the function and skip what it did not choose."""
        chosen = super().execute(context)
        followed = self._check(chosen)
        kept = set(followed)
        for task_id in followed:
            kept |= self.dag.get_task(task_id).get_flat_relative_ids()
        context["ti"].skip_tasks(t for t in self.downstream_ids if t not in kept)
        return chosen

    def _check(self, chosen: Any) -> list[str]:
        followed = [chosen] if isinstance(chosen, str) else chosen
        if followed is None:
            return []
        if not isinstance(followed, Iterable) or not all(isinstance(t, str) for t in followed):
            raise AirflowException(
                f"A branch function returns task_ids (a text or a list), not {chosen!r}."
            )
        if strangers := sorted(set(followed) - set(self.downstream_ids)):
            raise AirflowException(
                f"The branch function chose {', '.join(strangers)}, which is not directly "
                f"downstream of {self.task_id}; there are {', '.join(self.downstream_ids)}."
            )
        return list(followed)


class ShortCircuitOperator(PythonOperator):
    """Go on only if the function returns something true; else skip what lies downstream.

    All tasks downstream are skipped, or with `ignore_downstream_trigger_rules=False` only the
    direct ones, so that trigger rules further down decide.
    """

    operator_kind: ClassVar[str] = "branch"

    def __init__(self, *, ignore_downstream_trigger_rules: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.ignore_downstream_trigger_rules = ignore_downstream_trigger_rules

    def execute(self, context: Context) -> Any:
        """Call the function and skip what lies downstream unless it returned something true."""
        condition = super().execute(context)
        if not condition:
            near = self.downstream_ids
            everything = self.ignore_downstream_trigger_rules
            skipped = sorted(self.get_flat_relative_ids()) if everything else list(near)
            self.log.info("The condition is %r: skipping %s", condition, ", ".join(skipped))
            context["ti"].skip_tasks(skipped)
        return condition
