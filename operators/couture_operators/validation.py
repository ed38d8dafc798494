"""Checks of the arguments of DAGs and tasks; a failure is one sentence naming object and field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from couture_operators.dates import DateTime, to_datetime
from couture_operators.exceptions import DagDefinitionError
from couture_operators.resolving import Resolvable

_ID = re.compile(r"(?!\.\.?$)[\w.\-]{1,250}")  #: also the name of a folder
_LONGEST = 250  #: bytes; file systems allow 255 in one name


def refuse(where: str, sentence: str) -> NoReturn:
    """Raise a definition error about one object ("Task 'a' of DAG 'b'")."""
    raise DagDefinitionError(f"{where}: {sentence}")


def identifier(kind: str, value: Any) -> str:
    """A dag_id or task_id: letters of any language, digits, `_`, `.`, `-`, at most 250 bytes."""
    if isinstance(value, str) and _ID.fullmatch(value) and len(value.encode()) <= _LONGEST:
        return value
    raise DagDefinitionError(
        f"{kind} {value!r} is not allowed: use 1 to 250 letters, digits, dots, dashes and "
        "underscores, without spaces; letters of other alphabets count two or three."
    )


def duration(where: str, name: str, value: Any, *, zero: bool = True) -> dt.timedelta | None:
    """A timedelta, or a number of seconds; negative ones are refused."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = dt.timedelta(seconds=value)
    if not isinstance(value, dt.timedelta):
        refuse(where, f"{name} must be a timedelta or a number of seconds, not {value!r}.")
    if value < dt.timedelta(0) or not (zero or value):
        refuse(where, f"{name} must be {'0 or more' if zero else 'more than 0'}, not {value}.")
    return value


def moment(where: str, name: str, value: Any) -> DateTime | None:
    """A datetime, a date or an ISO text; without a time zone it is UTC."""
    if value is None:
        return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    try:
        return to_datetime(value)
    except (TypeError, ValueError, AttributeError):
        refuse(where, f"{name} must be a datetime such as datetime(2024, 1, 31), not {value!r}.")


def whole(where: str, name: str, value: Any, minimum: int | None = None) -> int:
    """A whole number, at least `minimum`."""
    if isinstance(value, bool) or not isinstance(value, int):
        refuse(where, f"{name} must be a whole number, not {value!r}.")
    if minimum is not None and value < minimum:
        refuse(where, f"{name} must be {minimum} or more, not {value}.")
    return value


def retries(where: str, value: Any) -> int:
    """A number of retries; None is none, and a text of digits counts, as in Airflow."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    return whole(where, "retries", 0 if value is None else value, 0)


def limit(where: str, name: str, value: Any) -> int | None:
    """A whole number from 1, or None for "not stated"."""
    return None if value is None else whole(where, name, value, 1)


def text(where: str, name: str, value: Any) -> str:
    """A text that is not empty; placeholders pass, here and below: their values come later."""
    if isinstance(value, Resolvable):
        return value  # type: ignore[return-value]
    if not isinstance(value, str) or not value:
        refuse(where, f"{name} must be a text, not {value!r}.")
    return value


def optional_text(where: str, name: str, value: Any) -> str | None:
    """A text (an empty one counts as none), or None."""
    return None if value is None or value == "" else text(where, name, value)


def flag(where: str, name: str, value: Any) -> bool:
    """True or False; a text like "no" would count as true and is refused."""
    if not isinstance(value, bool):
        refuse(where, f"{name} must be True or False, not {value!r}.")
    return value


def mapping(where: str, name: str, value: Any) -> dict[str, Any]:
    """A dict with texts as keys (a copy); None is an empty one."""
    if value is None:
        return {}
    if isinstance(value, Resolvable):
        return value  # type: ignore[return-value]
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        refuse(where, f"{name} must be a dict whose keys are texts, not {value!r}.")
    return dict(value)


def texts(where: str, name: str, value: Any, split: str | None = None) -> list[str]:
    """A list of texts; one text counts as a list of one, or is split at the characters given."""
    if value is None:
        return []
    if isinstance(value, Resolvable):
        return value  # type: ignore[return-value]
    if isinstance(value, str):
        value = re.split(split, value) if split else [value]
    found: list[Any] = list(value) if isinstance(value, Iterable) else [None]
    if not all(isinstance(item, str) for item in found):
        refuse(where, f"{name} must be a list of texts, not {value!r}.")
    return [item.strip() for item in found if item.strip()]


def callbacks(where: str, name: str, value: Any) -> list[Any]:
    """A function or a list of functions, as a list."""
    found = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    if not all(callable(item) for item in found):
        refuse(where, f"{name} must be a function or a list of functions, not {value!r}.")
    return found


def unknown(where: str, names: Iterable[str], known: Iterable[str]) -> NoReturn:
    """Raise the TypeError for arguments that do not exist, with the nearest one that does."""
    from difflib import get_close_matches

    name = next(iter(names))
    near = get_close_matches(name, list(known), 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise TypeError(f"{where} does not take the argument {name!r}.{hint}")
