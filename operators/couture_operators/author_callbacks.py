"""Callbacks as attributes of DAGs and tasks: given at construction or set later, readable as given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from couture_operators import validation

OF_TASKS = (
    "on_execute_callback",
    "on_success_callback",
    "on_failure_callback",
    "on_retry_callback",
    "on_skipped_callback",
)
OF_DAGS = ("on_success_callback", "on_failure_callback", "sla_miss_callback")


class AuthorCallback:
    """One function, a list of them or None: checked when it is set, kept as it was given."""

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, _owner: type) -> Any:
        return self if instance is None else vars(instance).get(self._name)

    def __set__(self, instance: Any, value: Any) -> None:
        if value is not None:
            validation.callbacks(instance._sentence_name, self._name, value)
        vars(instance)[self._name] = value


def listed(owner: Any, kind: str) -> list[Callable[..., Any]]:
    """The callbacks of one kind that a DAG or a task has."""
    return validation.callbacks(owner._sentence_name, kind, getattr(owner, kind))


def kinds_of(owner: Any, kinds: tuple[str, ...]) -> list[str]:
    """Those kinds of which a DAG or a task has callbacks."""
    return [kind for kind in kinds if getattr(owner, kind)]
