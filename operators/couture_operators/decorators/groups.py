"""`@task_group`: a function whose tasks stand in a group of their own each time it is called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from couture_operators.decorators.signatures import check_mapped_names
from couture_operators.expand_input import ExpandInput, MappedArgument, product, rows
from couture_operators.mapping import refuse_nested
from couture_operators.relations import DependencyMixin
from couture_operators.taskgroup import MappedTaskGroup, TaskGroup


class TaskGroupDecorator:
    """What `@task_group` makes of a function. Calling it makes a group with the function's tasks.

    The call gives what the function returned, or the group when that was nothing.
    """

    is_task_group = True

    def __init__(
        self,
        function: Callable[..., Any],
        group_kwargs: Mapping[str, Any],
        fixed: Mapping[str, Any] | None = None,
    ):
        self.function = self.__wrapped__ = function
        self.group_kwargs = {
            "group_id": function.__name__,
            "add_suffix_on_collision": True,
            "tooltip": inspect.cleandoc(function.__doc__ or ""),
            **group_kwargs,
        }
        self.fixed = dict(fixed or {})
        self.__name__, self.__doc__ = function.__name__, function.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make a group and the tasks inside."""
        return self._fill(TaskGroup(**self.group_kwargs), args, {**self.fixed, **kwargs})

    def override(self, **kwargs: Any) -> TaskGroupDecorator:
        """The same function with other arguments of the group."""
        return TaskGroupDecorator(self.function, {**self.group_kwargs, **kwargs}, self.fixed)

    def partial(self, **kwargs: Any) -> TaskGroupDecorator:
        """Fix arguments of the function; map over others with expand()."""
        check_mapped_names(self.__name__, self.function, "partial", kwargs)
        return TaskGroupDecorator(self.function, self.group_kwargs, {**self.fixed, **kwargs})

    def expand(self, **mapped: Any) -> Any:
        """Make a group with an instance for each combination of the arguments' items."""
        check_mapped_names(self.__name__, self.function, "expand", mapped)
        expand_input = product(f"{self.__name__}.expand", mapped, self.fixed)
        return self._expand(expand_input, list(mapped))

    def expand_kwargs(self, kwargs: Any) -> Any:
        """Make a group with an instance for each dict of arguments."""
        parameters = inspect.signature(self.function).parameters.values()
        if any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters):
            raise TypeError(
                f"{self.__name__}.expand_kwargs(): the function takes * or **, so its arguments are "
                "not known; name them."
            )
        names = [p.name for p in parameters if p.name not in self.fixed]
        return self._expand(rows(kwargs), names)

    def _expand(self, expand_input: ExpandInput, names: list[str]) -> Any:
        group = MappedTaskGroup(expand_input=expand_input, **self.group_kwargs)
        refuse_nested(group)
        stand_ins = {name: MappedArgument(expand_input, name) for name in names}
        return self._fill(group, (), {**self.fixed, **stand_ins})

    def _fill(self, group: TaskGroup, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with group:
            made = self.function(*args, **kwargs)
        return made if isinstance(made, DependencyMixin) else group if made is None else made


def task_group(python_callable: Callable[..., Any] | None = None, **group_kwargs: Any) -> Any:
    """Make a group of a function: `@task_group` or `@task_group(group_id=..., tooltip=...)`."""
    if python_callable is not None:
        return TaskGroupDecorator(python_callable, group_kwargs)
    return lambda function: TaskGroupDecorator(function, group_kwargs)
