"""Small functions for DAG files, under the names of `airflow.utils.helpers` and its neighbours."""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
import random
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce, wraps
from typing import Any

from couture_operators.context import Context, whose
from couture_operators.operators.python import wanted_context
from couture_operators.validation import identifier

KEY_REGEX = re.compile(r"^[\w.-]+$")
GROUP_KEY_REGEX = re.compile(r"^[\w-]+$")
CAMELCASE_TO_SNAKE_CASE_REGEX = re.compile(r"(?!^)([A-Z]+)")
TRUE_LIKE_VALUES = {"on", "t", "true", "y", "yes", "1"}


def validate_key(k: Any, max_length: int = 250) -> None:
    """Refuse what cannot be a dag_id or task_id."""
    identifier("The key", k)
    if len(k) > max_length:
        raise ValueError(f"The key {k!r} is longer than {max_length} characters.")


def validate_group_key(k: Any, max_length: int = 200) -> None:
    """Refuse what cannot be the id of a task group whose tasks' ids start with it."""
    if not isinstance(k, str) or not GROUP_KEY_REGEX.match(k) or len(k) > max_length:
        raise ValueError(f"The group key {k!r} is not 1 to {max_length} letters, digits, `-`, `_`.")


def is_in(obj: Any, l: Iterable[Any]) -> bool:  # noqa: E741 - Airflow's name
    """Whether an object itself, and not only an equal one, is among others."""
    return any(obj is item for item in l)


def is_container(obj: Any) -> bool:
    """Whether something can be iterated and is no text."""
    return hasattr(obj, "__iter__") and not isinstance(obj, str)


def as_tuple(obj: Any) -> tuple[Any, ...]:
    """A container as a tuple, anything else as a tuple of one."""
    return tuple(obj) if is_container(obj) else (obj,)


def chunks(items: list[Any], chunk_size: int) -> Iterator[list[Any]]:
    """A list in pieces of a size."""
    if chunk_size <= 0:
        raise ValueError("The size of a chunk must be 1 or more.")
    for begin in range(0, len(items), chunk_size):
        yield items[begin : begin + chunk_size]


def reduce_in_chunks(
    fn: Callable[[Any, list[Any]], Any], iterable: list[Any], initializer: Any, chunk_size: int = 0
) -> Any:
    """Reduce a list piece by piece."""
    if not iterable:
        return initializer
    return reduce(fn, chunks(iterable, chunk_size or len(iterable)), initializer)


def as_flattened_list(iterable: Iterable[Iterable[Any]]) -> list[Any]:
    """The items of several iterables in one list."""
    return list(itertools.chain.from_iterable(iterable))


def convert_camel_to_snake(camel_str: str) -> str:
    """`CamelCase` as `camel_case`."""
    return CAMELCASE_TO_SNAKE_CASE_REGEX.sub(r"_\1", camel_str).lower()


def merge_dicts(dict1: dict[Any, Any], dict2: dict[Any, Any]) -> dict[Any, Any]:
    """The first dict with the second laid over it, also in dicts inside."""
    merged = dict(dict1)
    for key, value in dict2.items():
        both = isinstance(merged.get(key), dict) and isinstance(value, dict)
        merged[key] = merge_dicts(merged[key], value) if both else value
    return merged


def pprinttable(rows: list[Any]) -> str | None:
    """Tuples as a table of text; named tuples give it their names as its head."""
    if not rows:
        return None
    head = getattr(rows[0], "_fields", [f"col{index}" for index in range(len(rows[0]))])
    texts = [[str(value) for value in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    right = [isinstance(value, int) for value in rows[0]]
    line = "-+-".join("-" * width for width in widths)
    lines = [
        " | ".join(
            text.rjust(width) if number and index else text.ljust(width)
            for text, width, number in zip(row, widths, right, strict=True)
        )
        for index, row in enumerate(texts)
    ]
    return "\n".join([line, lines[0], line, *lines[1:], line]) + "\n"


def alchemy_to_dict(obj: Any) -> dict[str, Any] | None:
    """The columns of an object of SQLAlchemy's ORM, dates as texts."""
    if not obj:
        return None
    values = {column.name: getattr(obj, column.name) for column in obj.__table__.columns}
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in values.items()
    }


def partition(
    pred: Callable[[Any], bool], iterable: Iterable[Any]
) -> tuple[Iterable[Any], Iterable[Any]]:
    """What does not fulfil a condition, and what does."""
    one, other = itertools.tee(iterable)
    return itertools.filterfalse(pred, one), filter(pred, other)


def exactly_one(*args: Any) -> bool:
    """Whether one of the arguments is true."""
    return sum(map(bool, args)) == 1


def at_most_one(*args: Any) -> bool:
    """Whether not more than one of the arguments is true."""
    return sum(map(bool, args)) <= 1


def prune_dict(val: Any, mode: str = "strict") -> Any:
    """A dict or list without its None values (strict), or without all false ones (truthy)."""

    def is_kept(value: Any) -> bool:
        return value is not None if mode == "strict" else bool(value)

    if isinstance(val, dict):
        pruned = {key: prune_dict(value, mode) for key, value in val.items() if is_kept(value)}
        return {key: value for key, value in pruned.items() if value != {} and value != []}
    return [prune_dict(item, mode) for item in val if is_kept(item)] if is_container(val) else val


def import_string(dotted_path: str) -> Any:
    """The object of a dotted path such as `module.Class`."""
    module, _, name = dotted_path.rpartition(".")
    if not module:
        raise ImportError(f"{dotted_path!r} is no path to an object in a module.")
    try:
        return getattr(importlib.import_module(module), name)
    except AttributeError:
        raise ImportError(f"The module {module!r} has no {name!r}.") from None


def qualname(o: Any) -> str:
    """The dotted path of a class or function, or of an object's class."""
    owner = o if callable(o) and hasattr(o, "__qualname__") else type(o)
    return f"{owner.__module__}.{owner.__qualname__}"


def get_random_string(length: int = 8, choices: str = string.ascii_letters + string.digits) -> str:
    """A random text, for names; make no secret of it."""
    return "".join(random.choices(choices, k=length))


def to_boolean(astring: str | None) -> bool:
    """Whether a text means true."""
    return (astring or "").lower() in TRUE_LIKE_VALUES


def determine_kwargs(
    func: Callable[..., Any], args: Any, kwargs: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Those of the keyword arguments that a function takes beside its positional ones."""
    wanted: Any = wanted_context(func, list(args), kwargs)  # type: ignore[arg-type] # a mapping
    return {name: kwargs[name] for name in wanted}


def make_kwargs_callable(func: Callable[..., Any]) -> Callable[..., Any]:
    """The function, made to ignore keyword arguments that it does not take."""

    @wraps(func)
    def called(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **determine_kwargs(func, args, kwargs))

    return called


def context_to_airflow_vars(
    context: Mapping[str, Any], in_env_var_format: bool = False
) -> dict[str, str]:
    """The names of the running attempt: `airflow.ctx.dag_id`, or as environment variables."""
    ti = context["ti"]
    found = {
        **whose(ti.task),
        "dag_id": ti.dag_id,
        "task_id": ti.task_id,
        "execution_date": ti.execution_date.isoformat() if ti.execution_date else "",
        "try_number": str(ti.try_number),
        "dag_run_id": ti.run_id,
    }
    if in_env_var_format:
        return {f"AIRFLOW_CTX_{name.upper()}": value for name, value in found.items()}
    return {f"airflow.ctx.{name}": value for name, value in found.items()}


def context_copy_partial(source: Mapping[str, Any], keys: Iterable[str]) -> Context:
    """A context with some values of another."""
    return Context({key: source[key] for key in keys if key in source})


def context_merge(context: dict[str, Any], *args: Any, **kwargs: Any) -> None:
    """Put values into a context."""
    context.update(*args, **kwargs)


def check_cycle(dag: Any) -> None:
    """Nothing to do: a dependency that closes a cycle is refused when it is stated."""


test_cycle = check_cycle


def remove_task_decorator(python_source: str, task_decorator_name: str) -> str:
    """The source of a function without the decorators of that name."""
    from couture_operators.operators.function_source import without_decorator

    return without_decorator(python_source, task_decorator_name.lstrip("@"))
