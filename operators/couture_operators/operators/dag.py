"""DagOperator: another DAG as a task, so that one DAG is made of several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException
from couture_operators.operators.runs import DagRunOrder, RunStarter, run_id_of
from couture_operators.runtime import current_runtime
from couture_operators.sensors import waiting


class DagOperator(RunStarter):
    """Start a run of another DAG, which must be on.

    `python_callable(context, dag_run_obj)` decides: what it returns is started, with the object's
    `payload` as the run's conf; None starts nothing. With `wait_for_completion` the task ends as
    the run does, and holds no process meanwhile.
    """

    template_fields: Sequence[str] = ("run_dag_id", "conf")
    ui_color: ClassVar[str] = "#ffefeb"
    operator_kind: ClassVar[str] = "dag"
    allowed_states = ("success",)
    failed_states = ("failed",)

    def __init__(
        self,
        *,
        run_dag_id: str,
        python_callable: Callable[..., Any] | None = None,
        conf: dict[str, Any] | None = None,
        wait_for_completion: bool = False,
        poke_interval: dt.timedelta | float = 5,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.run_dag_id = run_dag_id
        if python_callable is not None and not callable(python_callable):
            validation.refuse(
                self._sentence_name, f"python_callable must be a function, not {python_callable!r}."
            )
        self.python_callable = python_callable
        self.conf = conf
        self.wait_for_completion = validation.flag(
            self._sentence_name, "wait_for_completion", wait_for_completion
        )
        span = (
            validation.duration(self._sentence_name, "poke_interval", poke_interval)
            or dt.timedelta()
        )
        self.poke_interval = span.total_seconds()

    @property
    def _triggers_dag(self) -> str:
        """The dag_id of the DAG that is started."""
        return self.run_dag_id

    def execute(self, context: Context) -> None:
        """Ask the condition and start the run."""
        moment = waiting.now()
        order: Any = DagRunOrder(run_id_of(context), self.conf)
        if self.python_callable is not None:
            order = self.python_callable(context, order)
        if order is None:
            self.log.info("The condition is not met; DAG %s is not started.", self.run_dag_id)
            return
        self._check_on()
        run_id = str(order.run_id or run_id_of(context))
        run = self.start_or_find(context, self.run_dag_id, run_id, _conf(order.payload), moment)
        self.push_run(context, run)
        if self.wait_for_completion:
            self.look_again(run["dag_id"], run["run_id"])

    def _check_on(self) -> None:
        found = current_runtime().dag_info(self.run_dag_id)
        if found is None:
            raise AirflowException(f"There is no DAG {self.run_dag_id!r} to start.")
        if found["is_paused"]:
            raise AirflowException(
                f"DAG {self.run_dag_id!r} is off; switch it on, then clear this task."
            )


def _conf(payload: Any) -> dict[str, Any] | None:
    return payload if payload is None or isinstance(payload, dict) else {"payload": payload}
