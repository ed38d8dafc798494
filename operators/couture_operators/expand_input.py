"""What tasks and groups are mapped over: `expand(...)`, `expand_kwargs(...)`, group arguments.

How many instances there are the engine knows from what `describe` gives; which values belong to an
index is worked out in the task's own process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from couture_operators.exceptions import AirflowException
from couture_operators.resolving import Resolvable, references_in
from couture_operators.xcom import XCOM_RETURN_KEY
from couture_operators.xcom_arg import XComArg
from couture_operators.xcom_sequences import item_at

if TYPE_CHECKING:
    from couture_operators.baseoperator import BaseOperator
    from couture_operators.context import Context


class ExpandInput:
    """What a task or a group is mapped over."""

    def iter_references(self) -> Iterator[tuple[BaseOperator, str]]:
        """The tasks (and XCom keys) that the values come from."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """The stored form: from it the engine works out how many instances there are."""
        raise NotImplementedError

    def values_at(self, index: int, context: Context) -> dict[str, Any]:
        """The arguments of the instance with this index."""
        raise NotImplementedError

    def rendered_names(self) -> set[str]:
        """The arguments whose values stand in the DAG file, and so may hold templates."""
        raise NotImplementedError


class Product(ExpandInput):
    """The arguments of `expand`: an instance for each combination."""

    def __init__(self, values: dict[str, Any]):
        self.values = values

    def iter_references(self) -> Iterator[tuple[BaseOperator, str]]:
        """The tasks (and XCom keys) that the values come from."""
        return references_in(self.values)

    def describe(self) -> dict[str, Any]:
        """The length of each argument, a number or an expression."""
        inputs = [{"name": name, **_length(value)} for name, value in self.values.items()]
        return {"kind": "expand", "inputs": inputs}

    def values_at(self, index: int, context: Context) -> dict[str, Any]:
        """The items that belong together at this index; the last argument varies fastest."""
        resolved = {name: _resolved(value, context) for name, value in self.values.items()}
        for name, value in resolved.items():
            if not is_mappable(value):
                raise AirflowException(
                    f"The argument {name!r} cannot be mapped over: it is a {type(value).__name__}, "
                    "not a list or a dict."
                )
        places = combination(index, [len(value) for value in resolved.values()])
        return {
            name: item_at(value, place)
            for (name, value), place in zip(resolved.items(), places, strict=True)
        }

    def rendered_names(self) -> set[str]:
        """The arguments that are literal lists or dicts."""
        return {name for name, value in self.values.items() if not isinstance(value, Resolvable)}


class Rows(ExpandInput):
    """The argument of `expand_kwargs`: an instance for each dict."""

    def __init__(self, rows: Any):
        self.rows = rows

    def iter_references(self) -> Iterator[tuple[BaseOperator, str]]:
        """The tasks (and XCom keys) that the dicts come from."""
        return references_in(self.rows)

    def describe(self) -> dict[str, Any]:
        """The number of dicts, or an expression for it."""
        return {"kind": "expand_kwargs", "inputs": [{"name": "kwargs", **_length(self.rows)}]}

    def values_at(self, index: int, context: Context) -> dict[str, Any]:
        """The dict at this index."""
        rows = _resolved(self.rows, context)
        if not isinstance(rows, Sequence) or isinstance(rows, str | bytes):
            raise AirflowException(
                f"expand_kwargs needs a list of dicts; it was given a {type(rows).__name__}."
            )
        row = _resolved(rows[index], context)
        if not isinstance(row, Mapping) or not all(isinstance(key, str) for key in row):
            raise AirflowException(
                f"expand_kwargs needs dicts whose keys are texts; item {index} is {row!r}."
            )
        return dict(row)

    def rendered_names(self) -> set[str]:
        """All that a literal list names."""
        if isinstance(self.rows, Resolvable):
            return set()
        return {name for row in self.rows if isinstance(row, Mapping) for name in row}


def combination(index: int, lengths: Sequence[int]) -> list[int]:
    """Which item of each argument belongs to an index of the product of all."""
    if not 0 <= index < prod(lengths):
        raise AirflowException(f"There is no combination {index} of {list(lengths)} items.")
    places = []
    for length in reversed(lengths):
        index, place = divmod(index, length)
        places.insert(0, place)
    return places


def is_mappable(value: Any) -> bool:
    """Whether a value has items, an order and a length."""
    return isinstance(value, Sequence | dict) and not isinstance(value, str | bytes)


def _resolved(value: Any, context: Context) -> Any:
    return value.resolve(context) if isinstance(value, Resolvable) else value


def _length(value: Any) -> dict[str, Any]:
    return {"expr": value.describe()} if isinstance(value, XComArg) else {"length": len(value)}


class MappedArgument(Resolvable):
    """An argument of a mapped group, as the tasks inside use it."""

    def __init__(self, group_input: ExpandInput, name: str):
        self._input, self._name = group_input, name

    def iter_references(self) -> Iterator[tuple[BaseOperator, str]]:
        """The tasks that the group is mapped over."""
        return self._input.iter_references()

    def resolve(self, context: Context, *_: Any, **__: Any) -> Any:
        """The value of this instance of the group."""
        values = self._input.values_at(context["ti"].map_index, context)
        if self._name not in values:
            raise AirflowException(f"The mapped group was given no value for {self._name!r}.")
        return _resolved(values[self._name], context)

    def __iter__(self) -> Any:
        raise TypeError(
            f"The argument {self._name!r} of a mapped group has no items before the run; use it as "
            "an argument of a task."
        )


def product(where: str, mapped: dict[str, Any], fixed: Mapping[str, Any]) -> Product:
    """The checked arguments of an `expand` call."""
    if not mapped:
        raise TypeError(f"{where}() needs an argument to map over.")
    if twice := sorted(mapped.keys() & fixed.keys()):
        raise TypeError(f"{where}(): the argument {twice[0]!r} is fixed by partial() already.")
    for name, value in mapped.items():
        if not isinstance(value, Resolvable) and not is_mappable(value):
            raise ValueError(
                f"{where}(): {name} must be a list, a dict or the result of a task, not "
                f"{value!r} (a {type(value).__name__})."
            )
        _refuse_keys(value)
    return Product(mapped)


def rows(value: Any) -> Rows:
    """The checked argument of an `expand_kwargs` call."""
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else None
    good = isinstance(value, XComArg) or (
        items is not None and all(isinstance(item, XComArg | Mapping) for item in items)
    )
    if not good:
        raise TypeError(
            f"expand_kwargs() takes a list of dicts or the result of a task, not {value!r}."
        )
    _refuse_keys(value)
    return Rows(value)


def _refuse_keys(value: Any) -> None:
    for task, key in references_in(value):
        if key != XCOM_RETURN_KEY:
            raise ValueError(
                f"Tasks can be mapped over what {task.task_id!r} returns, not over its XCom {key!r}."
            )
