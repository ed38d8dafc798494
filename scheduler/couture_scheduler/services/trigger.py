"""Make a run by hand: checked, with its task instances, and due at once."""

import json
import re
import uuid
from datetime import datetime, timedelta
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid
from couture_scheduler.schemas.dag_runs import TriggerDAGRunPostBody
from couture_scheduler.services.switch import switch
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import RunType
from couture_scheduler.store import dags, notes, runs
from couture_scheduler.timetables import DataInterval, from_schedule

_RUN_ID = re.compile(r"(?!\.)[A-Za-z0-9_.~:+@-]{1,200}")
_PARSE_TIME = timedelta(seconds=2)


def make_run(tx: Tx, call: Call, dag: Any, body: TriggerDAGRunPostBody) -> str:
    """Insert a queued run and return its run_id.

    Raises:
        Invalid, Conflict: the input cannot be used, or such a run exists.
    """
    if not dag.is_active:
        raise Conflict(f"No file defines the DAG {dag.dag_id!r} any more, so it cannot run.")
    plan = call.workflow.plans.get(tx, dag.version_id)
    logical_date = body.logical_date
    if logical_date is None and "logical_date" not in body.model_fields_set:
        logical_date = body.run_after or tx.now
    moment = logical_date or body.run_after or tx.now
    interval = _interval(body, plan.data["schedule"], moment)
    run_id = _run_id(body.dag_run_id, moment)
    _refuse_double(tx, dag.dag_id, run_id, logical_date)
    values = {
        "dag_id": dag.dag_id,
        "run_id": run_id,
        "slot_key": f"M:{uuid.uuid4().hex}",
        "run_type": RunType.MANUAL,
        "logical_date": logical_date,
        "data_interval_start": interval.start,
        "data_interval_end": interval.end,
        "run_after": max(body.run_after or tx.now, tx.now),
        "conf": _conf(call, body.conf),
        "note": body.note,
        "triggered_by": call.actor.source,
        "triggering_user": call.actor.user,
        "dag_version_id": dag.version_id,
    }
    runs.add_run(tx, values, [task.data for task in plan.tasks.values()], call.actor.user)
    call.notes["after"] = {"dag_run_id": run_id, "state": "queued"}
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


def check_json(value: Any, field: str) -> int:
    """Return the size of a JSON value in bytes.

    Raises:
        Invalid: it holds a number that JSON has not, such as 1e999.
    """
    try:
        return len(json.dumps(value, allow_nan=False).encode())
    except ValueError as error:
        raise Invalid(f"{field} holds a number that JSON has not: {error}.", field) from error


def _conf(call: Call, conf: dict[str, Any] | None) -> dict[str, Any]:
    limit = call.workflow.settings.max_conf_bytes
    size = check_json(conf or {}, "conf")
    if size > limit:
        raise Invalid(
            f"The conf has {size:,} bytes; at most {limit:,} are allowed (max_conf_bytes). "
            "Pass the place of large data instead of the data.",
            "conf",
        )
    return conf or {}


def _interval(
    body: TriggerDAGRunPostBody, schedule: dict[str, Any], moment: datetime
) -> DataInterval:
    start, end = body.data_interval_start, body.data_interval_end
    if start is None and end is None:
        return from_schedule(schedule).manual_interval(moment)
    if start is None or end is None:
        field = "data_interval_end" if end is None else "data_interval_start"
        raise Invalid("data_interval_start and data_interval_end belong together.", field)
    if end < start:
        raise Invalid("The data interval ends before it starts.", "data_interval_end")
    return DataInterval(start, end)


def _run_id(given: str | None, moment: datetime) -> str:
    if given is None:
        return f"{RunType.MANUAL}__{moment.isoformat()}"
    if not _RUN_ID.fullmatch(given):
        raise Invalid(
            "A run id has 1 to 200 letters, digits or characters of _.~:+@- and does not start "
            "with a dot: it becomes a folder's name.",
            "dag_run_id",
        )
    return given


def _refuse_double(tx: Tx, dag_id: str, run_id: str, logical_date: datetime | None) -> None:
    if runs.find_run(tx, dag_id, run_id):
        raise Conflict(f"DAG {dag_id!r} has a run {run_id!r} already. Choose another run id.")
    if logical_date is not None and notes.has_logical_date(tx, dag_id, logical_date):
        raise Conflict(f"DAG {dag_id!r} has a run with the logical date {logical_date} already.")
