"""TriggerDagRunOperator: starts a run of another DAG, in the forms of Airflow 1.10 and 2."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from couture_operators import validation
from couture_operators.context import Context
from couture_operators.dates import to_datetime
from couture_operators.exceptions import (
    AirflowException,
    AirflowSkipException,
    DagRunAlreadyExists,
)
from couture_operators.operators.runs import DagRunOrder, RunStarter, run_id_of
from couture_operators.runtime import current_runtime
from couture_operators.sensors import waiting


class TriggerDagRunOperator(RunStarter):
    """Start a run of `trigger_dag_id`, also of one that is paused: it then waits in the queue.

    Airflow 1.10's `python_callable(context, dag_run_obj)` decides: the object that it returns gives
    run_id and conf (`payload`), None starts nothing. A run that is there already fails the task,
    runs again with `reset_dag_run`, or skips it with `skip_when_already_exists`. With
    `wait_for_completion` the task ends with the run, and holds no process meanwhile.
    """

    template_fields: Sequence[str] = (
        "trigger_dag_id",
        "trigger_run_id",
        "logical_date",
        "conf",
        "wait_for_completion",
        "skip_when_already_exists",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"conf": "py"}
    ui_color: ClassVar[str] = "#ffefeb"
    operator_kind: ClassVar[str] = "dag"

    def __init__(
        self,
        *,
        trigger_dag_id: str,
        trigger_run_id: str | None = None,
        conf: dict[str, Any] | None = None,
        logical_date: str | dt.datetime | None = None,
        execution_date: str | dt.datetime | None = None,
        reset_dag_run: bool = False,
        wait_for_completion: bool = False,
        poke_interval: float = 60,
        allowed_states: Iterable[str] | None = None,
        failed_states: Iterable[str] | None = None,
        skip_when_already_exists: bool = False,
        fail_when_dag_is_paused: bool = False,
        deferrable: bool = False,
        python_callable: Callable[..., Any] | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.trigger_dag_id, self.trigger_run_id, self.conf = trigger_dag_id, trigger_run_id, conf
        moment = logical_date if execution_date is None else execution_date
        if moment is not None and not isinstance(moment, str | dt.datetime):
            raise TypeError(
                f"{self._sentence_name}: logical_date is a datetime or a text, not {moment!r}."
            )
        self.logical_date = moment.isoformat() if isinstance(moment, dt.datetime) else moment
        self.reset_dag_run, self.wait_for_completion = reset_dag_run, wait_for_completion
        span = (
            validation.duration(self._sentence_name, "poke_interval", poke_interval)
            or dt.timedelta()
        )
        self.poke_interval = span.total_seconds()
        self.allowed_states = [str(state) for state in allowed_states or ("success",)]
        self.failed_states = [
            str(state) for state in (("failed",) if failed_states is None else failed_states)
        ]
        self.skip_when_already_exists = skip_when_already_exists
        self.fail_when_dag_is_paused = fail_when_dag_is_paused
        if python_callable is not None and not callable(python_callable):
            validation.refuse(
                self._sentence_name, f"python_callable must be a function, not {python_callable!r}."
            )
        self.python_callable = python_callable

    @property
    def _triggers_dag(self) -> str:
        """The dag_id of the DAG that is started."""
        return self.trigger_dag_id

    def execute(self, context: Context) -> None:
        """Start the run, unless the callable decides against it; await it if wanted."""
        moment = to_datetime(self.logical_date) if self.logical_date else waiting.now()
        order: Any = DagRunOrder(self.trigger_run_id, self.conf)
        if self.python_callable is not None:
            order = self.python_callable(context, order)
            if not order:
                self.log.info("The condition is not met; no run is started.")
                return
        run_id = str(order.run_id or self._default_run_id(context))
        self._refuse_paused()
        run = self._start(context, run_id, self._checked(order.payload), moment)
        self.push_run(context, run)
        if self.wait_for_completion:
            self.look_again(run["dag_id"], run["run_id"])

    def _default_run_id(self, context: Context) -> str:
        if self.logical_date:
            return f"manual__{to_datetime(self.logical_date).isoformat()}"
        return run_id_of(context)

    def _start(
        self, context: Context, run_id: str, conf: Any, moment: dt.datetime
    ) -> dict[str, Any]:
        try:
            return self.start_or_find(context, self.trigger_dag_id, run_id, conf, moment)
        except DagRunAlreadyExists as err:
            if self.skip_when_already_exists:
                raise AirflowSkipException(f"Skipped: {err}") from err
            raise

    def _checked(self, payload: Any) -> Any:
        try:
            json.dumps(payload)
        except (TypeError, ValueError) as err:
            raise AirflowException(f"The conf of a run must be plain JSON: {err}.") from err
        return payload if payload is None or isinstance(payload, dict) else {"payload": payload}

    def _refuse_paused(self) -> None:
        if not self.fail_when_dag_is_paused:
            return
        found = current_runtime().dag_info(self.trigger_dag_id)
        if found and found["is_paused"]:
            raise AirflowException(f"The DAG {self.trigger_dag_id} is paused.")
