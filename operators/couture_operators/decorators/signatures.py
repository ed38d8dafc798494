"""What the decorators read from a function: its arguments, its return annotation, its docstring."""

from __future__ import annotations

import inspect
import typing
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from couture_operators import validation
from couture_operators.context import CONTEXT_KEYS


def returns_mapping(function: Callable[..., Any]) -> bool:
    """Whether a function is annotated to return a dict, so that its keys become XComs."""
    annotations = getattr(function, "__annotations__", {})
    if "return" not in annotations:
        return False

    def alone() -> None: ...

    alone.__annotations__ = {"return": annotations["return"]}
    try:
        found = typing.get_type_hints(alone, getattr(function, "__globals__", {})).get("return")
    except NameError as err:
        name = getattr(function, "__name__", "?")
        warnings.warn(
            f"The return annotation of {name!r} cannot be read, so multiple_outputs stays off: {err}.",
            stacklevel=4,
        )
        return False
    except TypeError:
        return False
    kind = typing.get_origin(found) or found
    return isinstance(kind, type) and issubclass(kind, Mapping)


def check_call(where: str, function: Callable[..., Any], args: Any, kwargs: Any) -> None:
    """Refuse arguments that a function does not take; those of the context need not be given."""
    signature = task_signature(where, function)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as err:
        raise TypeError(f"{where}: the function cannot be called like this: {err}.") from None


def task_signature(where: str, function: Callable[..., Any]) -> inspect.Signature:
    """A function's signature, with None as the default of what the task's context gives."""
    signature = inspect.signature(function)
    parameters = []
    for parameter in signature.parameters.values():
        if parameter.name not in CONTEXT_KEYS or parameter.kind in (
            parameter.VAR_KEYWORD,
            parameter.VAR_POSITIONAL,
        ):
            parameters.append(parameter)
            continue
        if parameter.default not in (None, parameter.empty):
            raise ValueError(
                f"{where}: the argument {parameter.name!r} comes from the task's context and can "
                "have no default but None."
            )
        parameters.append(parameter.replace(default=None))
    try:
        return signature.replace(parameters=parameters)
    except ValueError:
        raise ValueError(
            f"{where}: arguments without a default stand after one that comes from the task's "
            "context; put those of the context last or give them the default None."
        ) from None


def check_mapped_names(
    where: str, function: Callable[..., Any], call: str, names: Iterable[str]
) -> None:
    """Refuse arguments of expand() or partial() that the function does not take."""
    parameters = inspect.signature(function).parameters.values()
    given = list(names)
    if taken := [name for name in given if name in CONTEXT_KEYS]:
        raise ValueError(
            f"{where}.{call}(): {taken[0]!r} comes from the task's context and cannot be given."
        )
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return
    known = [parameter.name for parameter in parameters]
    if strangers := [name for name in given if name not in known]:
        validation.unknown(f"{where}.{call}()", strangers, known)
