"""PythonSensor: a Python function that says whether the wait is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from couture_operators import validation
from couture_operators.context import Context
from couture_operators.operators.python import call_with_context
from couture_operators.sensors.base import BaseSensorOperator, PokeReturnValue


class PythonSensor(BaseSensorOperator):
    """Waits until the function returns something true, or a PokeReturnValue that is done."""

    template_fields: Sequence[str] = ("templates_dict", "op_args", "op_kwargs")

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        op_args: Sequence[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        templates_dict: dict[str, Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if not callable(python_callable):
            validation.refuse(
                self._sentence_name, f"python_callable must be a function, not {python_callable!r}."
            )
        self.python_callable = python_callable
        self.op_args, self.op_kwargs = op_args or [], op_kwargs or {}
        self.templates_dict = templates_dict

    def poke(self, context: Context) -> Any:
        """Call the function with its arguments and the context values that it names."""
        context["templates_dict"] = self.templates_dict
        found = call_with_context(self.python_callable, self.op_args, self.op_kwargs, context)
        return found if isinstance(found, PokeReturnValue) else bool(found)
