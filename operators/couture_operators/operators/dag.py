"""DagOperator: another DAG as a task; declared here, not yet run by this release."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowFailException


class DagOperator(BaseOperator):
    """Start a run of another DAG.

    `python_callable(context, dag_run_obj)` decides: what it returns is started, with the object's
    `payload` as the run's conf; None starts nothing.
    """

    template_fields: Sequence[str] = ("run_dag_id",)
    ui_color: ClassVar[str] = "#ffefeb"
    operator_kind: ClassVar[str] = "dag"

    def __init__(
        self,
        *,
        run_dag_id: str,
        python_callable: Callable[..., Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.run_dag_id = validation.text(self.where, "run_dag_id", run_dag_id)
        if python_callable is not None and not callable(python_callable):
            validation.refuse(
                self.where, f"python_callable must be a function, not {python_callable!r}."
            )
        self.python_callable = python_callable

    def execute(self, context: Context) -> Any:
        """Fail at once: there is nothing here yet that starts another DAG."""
        raise AirflowFailException(
            f"DagOperator can be declared, but this release cannot start the DAG "
            f"{self.run_dag_id!r} from a task yet."
        )
