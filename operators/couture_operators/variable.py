"""Variable: settings that are kept in the engine and read by DAG files and tasks."""

from __future__ import annotations

import json
from typing import Any

from couture_operators.runtime import current_runtime

_NO_DEFAULT: Any = object()


class Variable:
    """The stored variables; there are no instances, all calls are made on the class."""

    @classmethod
    def get(
        cls, key: str, default_var: Any = _NO_DEFAULT, deserialize_json: bool = False, **kwargs: Any
    ) -> Any:
        """The value of a variable; KeyError when it does not exist and no default is given."""
        default = kwargs.pop("default", default_var)
        if kwargs:
            raise TypeError(f"Variable.get does not take the argument {next(iter(kwargs))!r}.")
        try:
            value = current_runtime().get_variable(key)
        except KeyError:
            if default is _NO_DEFAULT:
                raise KeyError(f"Variable {key} does not exist") from None
            return default
        return _from_json(key, value) if deserialize_json else value

    @classmethod
    def set(
        cls, key: str, value: Any, description: str | None = None, serialize_json: bool = False
    ) -> None:
        """Create or replace a variable; values that are no text are stored as their text."""
        text = json.dumps(value, indent=2) if serialize_json else str(value)
        current_runtime().set_variable(key, text, description)

    @classmethod
    def setdefault(
        cls,
        key: str,
        default: Any,
        description: str | None = None,
        deserialize_json: bool = False,
    ) -> Any:
        """The value of a variable, which is created with the default when it does not exist."""
        found = cls.get(key, default_var=_NO_DEFAULT if default is None else None)
        if found is None:
            cls.set(key, default, description, serialize_json=deserialize_json)
            return default
        return _from_json(key, found) if deserialize_json else found

    @classmethod
    def update(cls, key: str, value: Any, serialize_json: bool = False) -> None:
        """Replace the value of a variable; KeyError when it does not exist."""
        cls.get(key)
        cls.set(key, value, serialize_json=serialize_json)

    @classmethod
    def delete(cls, key: str) -> bool:
        """Delete a variable; whether there was one."""
        return current_runtime().delete_variable(key)


def _from_json(key: str, value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as err:
        raise ValueError(f"Variable {key} does not hold JSON: {err}.") from err


class VariableAccessor:
    """`var.value` and `var.json` of templates: `{{ var.value.name }}`, `.get('name', default)`."""

    def __init__(self, deserialize_json: bool = False):
        self._deserialize_json = deserialize_json

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return Variable.get(key, deserialize_json=self._deserialize_json)

    def __getitem__(self, key: str) -> Any:
        return Variable.get(key, deserialize_json=self._deserialize_json)

    def get(self, key: str, default_var: Any = _NO_DEFAULT) -> Any:
        """The variable's value, or the default."""
        return Variable.get(key, default_var, deserialize_json=self._deserialize_json)
