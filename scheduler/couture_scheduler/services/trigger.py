"""Make a run by hand: checked, with its task instances, and due at once."""

from datetime import timedelta
from typing import Any

from couture_scheduler import triggering
from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid
from couture_scheduler.schemas.dag_runs import TriggerDAGRunPostBody
from couture_scheduler.services.switch import switch
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags, runs
from couture_scheduler.timetables import DataInterval
from couture_scheduler.triggering import Order

_PARSE_TIME = timedelta(seconds=2)


def make_run(tx: Tx, call: Call, dag: Any, body: TriggerDAGRunPostBody) -> str:
    """Insert a queued run and return its run_id.

    Raises:
        Invalid, Conflict: the input cannot be used, or such a run exists.
    """
    logical_date = body.logical_date
    if logical_date is None and "logical_date" not in body.model_fields_set:
        logical_date = body.run_after or tx.now
    order = Order(
        run_id=body.dag_run_id,
        logical_date=logical_date,
        run_after=body.run_after,
        interval=_interval(body),
        conf=body.conf or {},
        note=body.note,
        triggered_by=call.actor.source,
        user=call.actor.user,
    )
    limit = call.workflow.settings.max_conf_bytes
    run_id = triggering.make_run(tx, call.workflow.plans, dag, order, limit, call.actor.user)
    call.notes.update(dag_run_id=run_id, after={"dag_run_id": run_id, "state": "queued"})
    call.workflow.ring(tx, "scheduler")
    return run_id


def switch_on_and_run_again(tx: Tx, call: Call, dag_id: str, *, once: bool) -> None:
    """Have a DAG that was scheduled before go on: a new one does so when it is parsed.

    What is to run once and has run is triggered, late enough for its new file to be parsed.
    """
    dag = dags.find_dag(tx, dag_id)
    if dag is None or not dag.is_active:
        return
    if dag.is_paused:
        switch(tx, call, dag, is_paused=False)
    if once and runs.last_interval(tx, dag_id):
        make_run(tx, call, dag, TriggerDAGRunPostBody(run_after=tx.now + _PARSE_TIME))


def _interval(body: TriggerDAGRunPostBody) -> DataInterval | None:
    start, end = body.data_interval_start, body.data_interval_end
    if start is None and end is None:
        return None
    if start is None or end is None:
        field = "data_interval_end" if end is None else "data_interval_start"
        raise Invalid("data_interval_start and data_interval_end belong together.", field)
    if end < start:
        raise Invalid("The data interval ends before it starts.", "data_interval_end")
    return DataInterval(start, end)
