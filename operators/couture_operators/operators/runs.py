"""What operators that start runs of other DAGs have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException
from couture_operators.runtime import current_runtime
from couture_operators.sensors import waiting
from couture_operators.triggers.temporal import DateTimeTrigger


class RunStarter(BaseOperator):
    """Awaits a run without holding a process: it looks, then gives its slot back for a while."""

    poke_interval: float
    allowed_states: Collection[str]
    failed_states: Collection[str]

    def push_run(self, context: Context, run: dict[str, Any]) -> None:
        """Leave the run's names as XComs, which links to the run are made of."""
        ti = context["ti"]
        ti.xcom_push(key="trigger_run_id", value=run["run_id"])
        ti.xcom_push(key="trigger_execution_date_iso", value=run["logical_date"])

    def await_run(self, dag_id: str, run_id: str) -> None:
        """Return when the run is in an allowed state, raise when it is in a failed one."""
        state = self.state_of(dag_id, run_id)
        if state in self.failed_states:
            raise AirflowException(f"The run {run_id} of DAG {dag_id} is {state}.")
        if state in self.allowed_states:
            self.log.info("The run %s of DAG %s is %s.", run_id, dag_id, state)
            return
        self.look_again(dag_id, run_id)

    def look_again(self, dag_id: str, run_id: str) -> None:
        """Give the process back; go on in `execute_complete` after the poke interval."""
        moment = waiting.now() + dt.timedelta(seconds=self.poke_interval)
        self.log.info("Waiting for the run %s of DAG %s.", run_id, dag_id)
        self.defer(
            trigger=DateTimeTrigger(moment),
            method_name="execute_complete",
            kwargs={"dag_id": dag_id, "run_id": run_id},
        )

    def execute_complete(
        self, context: Context, event: Any = None, *, dag_id: str, run_id: str
    ) -> None:
        """Look at the run again."""
        self.await_run(dag_id, run_id)

    def state_of(self, dag_id: str, run_id: str) -> str:
        """The run's state; a sentence when it is gone."""
        found = current_runtime().dag_runs(dag_id, run_ids=[run_id])
        if not found:
            raise AirflowException(f"The run {run_id} of DAG {dag_id} does not exist any more.")
        return found[0]["state"]


class DagRunOrder:
    """What a condition callable fills and returns: the run's id and its conf (`payload`)."""

    def __init__(self, run_id: str | None = None, payload: Any = None):
        self.run_id, self.payload = run_id, payload
