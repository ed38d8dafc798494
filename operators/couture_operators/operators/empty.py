"""EmptyOperator: a task that does nothing, to join or name parts of a graph."""

from __future__ import annotations

from typing import ClassVar

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context


class EmptyOperator(BaseOperator):
    """Does nothing; succeeds when its trigger rule lets it start."""

    operator_kind: ClassVar[str] = "empty"
    ui_color: ClassVar[str] = "#e8f7e4"

    def execute(self, context: Context) -> None:
        """Do nothing."""


class DummyOperator(EmptyOperator):
    """The older name of EmptyOperator."""
