"""How operators are made: default_args fill what a call leaves out, the finished task joins its DAG.

Arguments are filled at each level of a class's constructors, so that author-written operators get
them too.
"""

from __future__ import annotations

import inspect
from abc import ABCMeta
from collections.abc import Callable
from functools import wraps
from typing import Any

from couture_operators import registry, setup_teardown, validation
from couture_operators.exceptions import DagDefinitionError


class OperatorMeta(ABCMeta):
    """Gives constructors the DAG's default_args and adds the finished task to its DAG."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any):
        """Make an operator class whose own constructor knows default_args."""
        if isinstance(fields := namespace.get("template_fields"), str):
            raise DagDefinitionError(
                f"{name}.template_fields is the text {fields!r}; it must be a list or tuple of "
                f"names. For one field write ({fields!r},) with the comma."
            )
        if "__init__" in namespace:
            namespace["__init__"] = _with_default_args(namespace["__init__"])
        return super().__new__(mcls, name, bases, namespace, **kwargs)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a task; it joins its DAG only once its constructor is through."""
        if args:
            raise TypeError(
                f"{cls.__name__} takes its arguments by name: {cls.__name__}(task_id=..., ...)."
            )
        line = registry.definition_site()
        task = super().__call__(**kwargs)
        task._defined_at = line
        if task._dag is not None:
            task._dag.add_task(task)
            setup_teardown.note_task(task)
        return task


def _with_default_args(init: Callable[..., None]) -> Callable[..., None]:
    named = {
        name: parameter
        for name, parameter in list(inspect.signature(init).parameters.items())[1:]
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }
    required = [name for name, parameter in named.items() if parameter.default is parameter.empty]

    @wraps(init)
    def filled(self: Any, *args: Any, **kwargs: Any) -> None:
        defaults = self.__dict__.setdefault("_default_args", None)
        if defaults is None:
            defaults = self._default_args = default_args_of(kwargs)
        given = {*kwargs, *list(named)[: len(args)]}
        kwargs |= {n: defaults[n] for n in named if n in defaults and n not in given}
        if missing := [n for n in required if n not in kwargs and n not in given]:
            raise TypeError(f"{_where(self, kwargs)} needs the argument {missing[0]!r}.")
        init(self, *args, **kwargs)

    return filled


def default_args_of(kwargs: dict[str, Any]) -> dict[str, Any]:
    """What a task with these arguments inherits: from its DAG, its groups, its own default_args."""
    dag = dag_of(kwargs)
    group = kwargs.get("task_group") or (registry.current_group(dag) if dag else None)
    return {
        **getattr(dag, "default_args", {}),
        **(group.default_args if group is not None else {}),
        **(kwargs.get("default_args") or {}),
    }


def dag_of(kwargs: dict[str, Any]) -> Any:
    """The DAG that a task with these arguments belongs to, None when there is none yet."""
    if (dag := kwargs.get("dag")) is not None:
        return dag
    if (group := kwargs.get("task_group")) is not None:
        return group.dag
    return registry.current_dag()


def _where(task: Any, kwargs: dict[str, Any]) -> str:
    dag = dag_of(kwargs)
    name = type(task).__name__
    if "task_id" in kwargs:
        name += f" {kwargs['task_id']!r}"
    return f"{name} of DAG {dag.dag_id!r}" if dag is not None else name


def argument_names(operator: type) -> dict[str, inspect.Parameter]:
    """All arguments that a class's constructors name, those of its own first."""
    found: dict[str, inspect.Parameter] = {}
    for level in operator.__mro__:
        if "__init__" not in vars(level) or level is object:
            continue
        for name, parameter in list(inspect.signature(vars(level)["__init__"]).parameters.items()):
            if name != "self" and parameter.kind not in (
                parameter.VAR_KEYWORD,
                parameter.VAR_POSITIONAL,
            ):
                found.setdefault(name, parameter)
    return found


def refuse_unknown(where: str, operator: type, unknown: dict[str, Any]) -> None:
    """Raise the TypeError for arguments that no constructor of a class takes.

    `provide_context` passes: files of Airflow 1.10 give it to operators of all kinds.
    """
    if unknown := {name: value for name, value in unknown.items() if name != "provide_context"}:
        validation.unknown(where, unknown, argument_names(operator))
