"""DAG runs: list, trigger, mark, clear."""

import json
import re
import uuid
from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid, NotFound
from couture_scheduler.schemas.dag_runs import (
    DAGRunClearBody,
    DAGRunCollectionResponse,
    DAGRunPatchBody,
    DAGRunResponse,
    RunQuery,
    TriggerDAGRunPostBody,
)
from couture_scheduler.schemas.task_instances import (
    ClearTaskInstanceCollectionResponse,
    NewTaskResponse,
)
from couture_scheduler.services import wire
from couture_scheduler.services.clear import Selection, clear, requeue, select
from couture_scheduler.services.mark import mark_run
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import RUN_FINISHED, RunState, RunType
from couture_scheduler.store import dags, lists, notes, runs
from couture_scheduler.store.listing import COUNT_LIMIT
from couture_scheduler.timetables import DataInterval, from_schedule

_RUN_ID = re.compile(r"(?!\.)[A-Za-z0-9_.~:+@-]{1,200}")


@service("can_list", "DagRunModelView", dag="dag_id")
def get_dag_runs(tx: Tx, call: Call, dag_id: str, query: RunQuery) -> DAGRunCollectionResponse:
    """List the runs of a DAG; `~` = of all DAGs."""
    one = None if dag_id == "~" else dags.get_dag(tx, dag_id).dag_id
    asked = criteria(query, lists.RUN_COLUMNS)
    listed = lists.list_runs(tx, asked, call.actor.visible_dags, one)
    return DAGRunCollectionResponse(
        dag_runs=[wire.dag_run(row) for row in listed.rows],
        total_entries=listed.total,
        total_entries_limit=COUNT_LIMIT if listed.total == COUNT_LIMIT else None,
    )


@service("can_show", "DagRunModelView", dag="dag_id")
def get_dag_run(tx: Tx, call: Call, dag_id: str, dag_run_id: str) -> DAGRunResponse:
    """Return one run."""
    return _run(tx, dag_id, dag_run_id)


@service("can_trigger", "DagRunModelView", dag="dag_id", mutates=True)
def trigger_dag_run(tx: Tx, call: Call, dag_id: str, body: TriggerDAGRunPostBody) -> DAGRunResponse:
    """Make a run by hand."""
    dag = dags.get_dag(tx, dag_id)
    if not dag.is_active:
        raise Conflict(f"No file defines the DAG {dag_id!r} any more, so it cannot run.")
    plan = call.workflow.plans.get(tx, dag.version_id)
    conf = _conf(call, body.conf)
    logical_date = body.logical_date
    if logical_date is None and "logical_date" not in body.model_fields_set:
        logical_date = body.run_after or tx.now
    run_after = body.run_after or logical_date or tx.now
    interval = _interval(body, plan.data["schedule"], logical_date or run_after)
    run_id = _run_id(body.dag_run_id, logical_date or run_after)
    _refuse_double(tx, dag_id, run_id, logical_date)
    values = {
        "dag_id": dag_id,
        "run_id": run_id,
        "slot_key": f"M:{uuid.uuid4().hex}",
        "run_type": RunType.MANUAL,
        "logical_date": logical_date,
        "data_interval_start": interval.start,
        "data_interval_end": interval.end,
        "run_after": max(run_after, tx.now) if body.run_after else tx.now,
        "conf": conf,
        "note": body.note,
        "triggered_by": call.actor.source,
        "triggering_user": call.actor.user,
        "dag_version_id": dag.version_id,
    }
    runs.add_run(tx, values, [task.data for task in plan.tasks.values()], call.actor.user)
    call.workflow.ring(tx, "scheduler")
    call.notes["after"] = {"dag_run_id": run_id, "state": "queued"}
    return _run(tx, dag_id, run_id)


def _conf(call: Call, conf: dict[str, Any] | None) -> dict[str, Any]:
    limit = call.workflow.settings.max_conf_bytes
    size = len(json.dumps(conf or {}).encode())
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
    if (start is None) != (end is None):
        field = "data_interval_end" if end is None else "data_interval_start"
        raise Invalid("data_interval_start and data_interval_end belong together.", field)
    if start is not None and end is not None:
        if end < start:
            raise Invalid("The data interval ends before it starts.", "data_interval_end")
        return DataInterval(start, end)
    return from_schedule(schedule).manual_interval(moment)


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


@service("can_success", "DagRunModelView", dag="dag_id", mutates=True)
def patch_dag_run(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, body: DAGRunPatchBody
) -> DAGRunResponse:
    """Mark a run as success or failed, queue it again, or write a note."""
    run = runs.get_run(tx, dag_id, dag_run_id)
    call.notes["before"] = {"state": run.state}
    if body.state == RunState.QUEUED:
        if run.state not in RUN_FINISHED:
            raise Conflict(f"Run {dag_run_id} is {run.state}; only an ended run can be queued.")
        requeue(tx, call, run)
    elif body.state is not None:
        mark_run(tx, call, run, RunState(body.state))
    if "note" in body.model_fields_set:
        notes.set_run_note(tx, run.id, body.note)
    return _run(tx, dag_id, dag_run_id)


@service(
    "can_dagrun_clear", "DagRunModelView", dag="dag_id", mutates=lambda p: not p["body"].dry_run
)
def clear_dag_run(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, body: DAGRunClearBody
) -> ClearTaskInstanceCollectionResponse | DAGRunResponse:
    """Have a run's tasks run again; a dry run says which."""
    run = runs.get_run(tx, dag_id, dag_run_id)
    new = _new_tasks(tx, call, run) if body.only_new else []
    chosen = [] if body.only_new else select(tx, call, run, Selection(only_failed=body.only_failed))
    if body.dry_run:
        rows = lists.list_task_instances_by_id(tx, [row.id for row in chosen])
        found = [wire.task_instance(row) for row in rows]
        return ClearTaskInstanceCollectionResponse(
            task_instances=[*found, *new], total_entries=len(found) + len(new)
        )
    clear(tx, call, run, chosen, reset_run=True)
    if "note" in body.model_fields_set:
        notes.set_run_note(tx, run.id, body.note)
    return _run(tx, dag_id, dag_run_id)


def _new_tasks(tx: Tx, call: Call, run: Any) -> list[NewTaskResponse]:
    plan = call.workflow.plans.get(tx, dags.get_dag(tx, run.dag_id).version_id)
    known = {row.task_id for row in runs.list_tis(tx, run.id)}
    return [
        NewTaskResponse(task_id=name, task_display_name=name)
        for name in plan.tasks
        if name not in known
    ]


def _run(tx: Tx, dag_id: str, run_id: str) -> DAGRunResponse:
    row = lists.find_run(tx, dag_id, run_id)
    if row is None:
        dags.get_dag(tx, dag_id)
        raise NotFound(f"DAG {dag_id!r} has no run {run_id!r}.")
    return wire.dag_run(row)
