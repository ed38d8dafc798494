"""What operators that start runs of other DAGs have in common."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from typing import Any

from couture_operators.baseoperator import BaseOperator
from couture_operators.context import Context
from couture_operators.exceptions import AirflowException, DagRunAlreadyExists
from couture_operators.runtime import current_runtime
from couture_operators.sensors import waiting
from couture_operators.triggers.temporal import DateTimeTrigger


class RunStarter(BaseOperator):
    """Awaits a run without holding a process: it looks, then gives its slot back for a while."""

    poke_interval: float
    allowed_states: Collection[str]
    failed_states: Collection[str]

    def start_or_find(
        self, context: Context, dag_id: str, run_id: str, conf: Any, moment: dt.datetime
    ) -> dict[str, Any]:
        """Start a run; the one that a lost attempt of this try has started is taken as it is.

        Raises:
            DagRunAlreadyExists: the run that is there is another's.
        """
        runtime = current_runtime()
        is_own = run_id == run_id_of(context)
        reset = getattr(self, "reset_dag_run", False) and not is_own
        try:
            return runtime.trigger_dag(dag_id, run_id, conf, moment.isoformat(), reset=reset)
        except DagRunAlreadyExists:
            found = runtime.dag_runs(dag_id, run_ids=[run_id]) if is_own else []
            if not found:
                raise
        self.log.info("An attempt that was lost has started the run %s of DAG %s.", run_id, dag_id)
        return {"dag_id": dag_id, **found[0]}

    def push_run(self, context: Context, run: dict[str, Any]) -> None:
        """Leave the run's names as XComs, which links to the run are made of."""
        ti = context["ti"]
        ti.xcom_push(key="trigger_dag_id", value=run["dag_id"])
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


def run_id_of(context: Context) -> str:
    """The run id of what this try starts: the same in each of its attempts, another in the next try."""
    ti = context["ti"]
    key = json.dumps([ti.dag_id, ti.run_id, ti.task_id, ti.map_index, ti.try_number])
    moment = ti.dag_run.logical_date or ti.dag_run.run_after
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    return f"manual__{moment.isoformat()}__{digest}"


class DagRunOrder:
    """What a condition callable fills and returns: the run's id and its conf (`payload`)."""

    def __init__(self, run_id: str | None = None, payload: Any = None):
        self.run_id, self.payload = run_id, payload
