"""DAG runs: list, trigger, mark, clear."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, NotFound
from couture_scheduler.schemas.base import UpdateMask
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
from couture_scheduler.services.paging import criteria, wanted_fields
from couture_scheduler.services.service import service
from couture_scheduler.services.trigger import make_run
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import RUN_FINISHED, RunState
from couture_scheduler.store import dags, lists, notes, runs
from couture_scheduler.store.listing import COUNT_LIMIT


@service("can_list", "DagRunModelView", dag="dag_id")
def get_dag_runs(tx: Tx, call: Call, dag_id: str, query: RunQuery) -> DAGRunCollectionResponse:
    """List the runs of a DAG; `~` = of all DAGs."""
    one = None if dag_id == "~" else dags.get_dag(tx, dag_id).dag_id
    asked = criteria(query, lists.RUN_COLUMNS)
    listed = lists.list_runs(tx, asked, call.dags, one)
    return DAGRunCollectionResponse(
        dag_runs=wire.dag_runs(listed.rows),
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
    return _run(tx, dag_id, make_run(tx, call, dags.get_dag(tx, dag_id), body))


@service("can_success", "DagRunModelView", dag="dag_id", mutates=True)
def patch_dag_run(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, body: DAGRunPatchBody, query: UpdateMask
) -> DAGRunResponse:
    """Mark a run as success or failed, queue it again, or write a note."""
    run = runs.get_run(tx, dag_id, dag_run_id)
    fields = wanted_fields(body, query)
    call.notes["before"] = {"state": run.state}
    if "state" in fields and body.state is not None:
        _set_state(tx, call, run, RunState(body.state))
    if "note" in fields:
        notes.set_run_note(tx, run.id, body.note)
    return _run(tx, dag_id, dag_run_id)


def _set_state(tx: Tx, call: Call, run: Any, state: RunState) -> None:
    if state is not RunState.QUEUED:
        mark_run(tx, call, run, state)
    elif run.state in RUN_FINISHED:
        requeue(tx, call, run)
    else:
        raise Conflict(f"Run {run.run_id} is {run.state}; only an ended run can be queued.")


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
        found = wire.task_instances(rows)
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
