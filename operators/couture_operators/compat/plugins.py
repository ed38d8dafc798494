"""Base classes of plugins: accepted so that files which define some can be read.

This product loads no Airflow plugins. Classes that a DAG file itself uses, such as a timetable,
work without one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar


class AirflowPlugin:
    """The base of a plugin; defining one registers nothing."""

    name: ClassVar[str | None] = None

    @classmethod
    def on_load(cls, *args: Any, **kwargs: Any) -> None:
        """Never called."""


class BaseOperatorLink:
    """The base of a link of an operator; links are not shown."""

    name: ClassVar[str] = ""
    operators: ClassVar[list[type]] = []

    def get_link(self, operator: Any, *, ti_key: Any = None, **_: Any) -> str:
        """The address."""
        return ""


def hookimpl(function: Callable[..., Any] | None = None, **_: Any) -> Any:
    """The mark of a listener's function; listeners are not called."""
    return function if function is not None else hookimpl
