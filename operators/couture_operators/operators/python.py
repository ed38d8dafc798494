"""PythonOperator and its relatives that choose what runs next."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.operators.branch import BranchMixIn, SkipMixin


class PythonOperator(BaseOperator):
    """Call a Python function; what it returns is the task's XCom.

    The function gets op_args, op_kwargs and those context values that its signature names (all of
    them if it takes `**kwargs`). `provide_context=False` leaves the context out. A generator's
    asset metadata is noted, what it returns at its end counts.
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
        op_args: Any = None,
        op_kwargs: Any = None,
        provide_context: bool | None = None,
        templates_dict: dict[str, Any] | None = None,
        templates_exts: Sequence[str] | None = None,
        show_return_value_in_logs: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not callable(python_callable):
            validation.refuse(
                self._sentence_name, f"python_callable must be a function, not {python_callable!r}."
            )
        self.python_callable = python_callable
        is_plain = isinstance(op_args, list | tuple | set)
        self.op_args: Any = list(op_args) if is_plain else op_args or ()
        self.op_kwargs: Any = dict(op_kwargs) if isinstance(op_kwargs, dict) else op_kwargs or {}
        self.provide_context = provide_context
        self.templates_dict = templates_dict
        self.show_return_value_in_logs = show_return_value_in_logs
        if templates_exts:
            self.template_ext = templates_exts

    def execute(self, context: Context) -> Any:
        """Call the function; what it returned."""
        context["templates_dict"] = self.templates_dict
        result = self._call(context)
        if self.show_return_value_in_logs and result is not None:
            self.log.info("Done. Returned value was: %s", result)
        return result

    def _call(self, context: Context) -> Any:
        """Call the function with the arguments and the context values that it takes."""
        if self.provide_context is not False:
            wanted = wanted_context(self.python_callable, self.op_args, context)
            values = {name: context[name] for name in wanted if name not in self.op_kwargs}
            self.op_kwargs = {**values, **self.op_kwargs}
        return note_metadata(self.execute_callable(), context)

    def execute_callable(self) -> Any:
        """Call the function with `op_args` and `op_kwargs`, as they are by now."""
        return self.python_callable(*self.op_args, **self.op_kwargs)


def call_with_context(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], context: Context
) -> Any:
    """Call a function with its arguments and those context values that its signature names."""
    wanted = wanted_context(function, args, context)
    return function(
        *args, **{name: context[name] for name in wanted if name not in kwargs}, **kwargs
    )


def wanted_context(
    function: Callable[..., Any], args: Sequence[Any], context: Context
) -> Iterable[str]:
    """The names of the context values that a function takes beyond its positional arguments."""
    if isinstance(function, FunctionType) and not vars(function):
        by_position, named, takes_all = _of_code(function.__code__)
    else:
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):  # some functions written in C tell nothing
            return ()
        by_position, named, takes_all = _of_signature(signature)
    taken = set(by_position[: len(args)])
    if takes_all:
        return [name for name in context if name not in taken]
    return [name for name in named if name in context and name not in taken]


_Names = tuple[Sequence[str], Sequence[str], bool]


def _of_code(code: CodeType) -> _Names:
    """What a plain function takes by position, by name, and whether any name; cheap after a fork."""
    count = code.co_argcount
    names = code.co_varnames[: count + code.co_kwonlyargcount]
    takes_all = bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return names[:count], names[code.co_posonlyargcount :], takes_all


def _of_signature(signature: inspect.Signature) -> _Names:
    found = list(signature.parameters.values())
    return (
        [p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)],
        [p.name for p in found if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)],
        any(p.kind is p.VAR_KEYWORD for p in found),
    )


def note_metadata(result: Any, context: Context) -> Any:
    """Run a generator to its end and note the asset metadata that it yields."""
    if not inspect.isgenerator(result):
        return result
    while True:
        try:
            item: Any = next(result)
        except StopIteration as end:
            return end.value
        if hasattr(item, "extra") and hasattr(item, "uri"):
            events = context["outlet_events"]
            events[item.uri].extra.update(item.extra)
            if alias := getattr(item, "alias_name", None):
                events[alias].add(item.uri, extra=item.extra)


class BranchPythonOperator(PythonOperator, BranchMixIn):
    """Follow only the branches whose task_ids or group ids the function returns; skip the others.

    None follows no branch. Tasks that a followed branch leads to are not skipped.
    """

    operator_kind: ClassVar[str] = "branch"

    def execute(self, context: Context) -> Any:
        """Call the function and skip what it did not choose."""
        return self.do_branch(context, super().execute(context))


class ShortCircuitOperator(PythonOperator, SkipMixin):
    """Go on only if the function returns something true; else skip what lies downstream.

    All tasks downstream but teardowns are skipped, or with `ignore_downstream_trigger_rules=False`
    only the direct ones, so that trigger rules further down decide.
    """

    operator_kind: ClassVar[str] = "branch"

    def __init__(self, *, ignore_downstream_trigger_rules: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.ignore_downstream_trigger_rules = ignore_downstream_trigger_rules

    def execute(self, context: Context) -> Any:
        """Call the function and skip what lies downstream unless it returned something true."""
        condition = super().execute(context)
        if not condition:
            skip_downstream(self, context, everything=self.ignore_downstream_trigger_rules)
        return condition


def skip_downstream(task: BaseOperator, context: Context, *, everything: bool) -> None:
    """Skip what lies downstream of a task (or directly so), except teardowns."""
    ids = sorted(task.get_flat_relative_ids()) if everything else list(task._downstream_ids)
    found = [name for name in ids if not getattr(task.dag.get_task(name), "is_teardown", False)]
    task.log.info("The condition is false: skipping %s", ", ".join(found))
    context["ti"].skip_tasks(found)
