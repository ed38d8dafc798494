"""Task instances: list, tries, clear, mark."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict, Invalid, NotFound
from couture_scheduler.schemas.base import MapIndex
from couture_scheduler.schemas.task_instances import (
    ClearTaskInstancesBody,
    PatchTaskInstanceBody,
    PatchTaskInstanceQuery,
    TaskInstanceCollectionResponse,
    TaskInstanceHistoryCollectionResponse,
    TaskInstanceHistoryResponse,
    TaskInstanceQuery,
    TaskInstanceResponse,
)
from couture_scheduler.services import wire
from couture_scheduler.services.clear import Selection, clear, select
from couture_scheduler.services.dependents import with_dependents
from couture_scheduler.services.mark import mark_tasks
from couture_scheduler.services.paging import criteria, wanted_fields
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.states import TaskState
from couture_scheduler.store import dags, lists, notes, runs
from couture_scheduler.store.listing import COUNT_LIMIT


@service("can_task_instances", "TaskInstanceModelView", dag="dag_id")
def get_task_instances(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, query: TaskInstanceQuery
) -> TaskInstanceCollectionResponse:
    """List the task instances of a run; `~` = of all DAGs, of all runs."""
    asked = criteria(query, lists.TI_COLUMNS)
    where: dict[str, Any] = {}
    if dag_id != "~":
        where["dag_id"] = dags.get_dag(tx, dag_id).dag_id
    if dag_run_id != "~" and dag_id != "~":
        where = {"run_pk": runs.get_run(tx, dag_id, dag_run_id).id}
    elif dag_run_id != "~":
        where["run_id"] = dag_run_id
    listed = lists.list_task_instances(tx, asked, call.dags, **where)
    return TaskInstanceCollectionResponse(
        task_instances=wire.task_instances(listed.rows),
        total_entries=listed.total,
        total_entries_limit=COUNT_LIMIT if listed.total == COUNT_LIMIT else None,
    )


@service("can_task", "TaskInstanceModelView", dag="dag_id")
def get_task_instance(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, map_index: int = -1
) -> TaskInstanceResponse:
    """Return one task instance."""
    return wire.task_instance(get_instance(tx, dag_id, dag_run_id, task_id, map_index))


@service("can_tries", "TaskInstanceModelView", dag="dag_id")
def get_task_instance_tries(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, query: MapIndex
) -> TaskInstanceHistoryCollectionResponse:
    """List the tries of a task instance."""
    row = get_instance(tx, dag_id, dag_run_id, task_id, query.map_index)
    found = wire.task_tries(row, last_attempts(tx, row.id).values())
    return TaskInstanceHistoryCollectionResponse(task_instances=found, total_entries=len(found))


@service("can_tries", "TaskInstanceModelView", dag="dag_id")
def get_task_instance_try_details(
    tx: Tx,
    call: Call,
    dag_id: str,
    dag_run_id: str,
    task_id: str,
    task_try_number: int,
    query: MapIndex,
) -> TaskInstanceHistoryResponse:
    """Return one try of a task instance."""
    row = get_instance(tx, dag_id, dag_run_id, task_id, query.map_index)
    attempt = last_attempts(tx, row.id).get(task_try_number)
    if attempt is None:
        raise NotFound(f"Task {task_id!r} has no try {task_try_number} in run {dag_run_id!r}.")
    return wire.task_tries(row, [attempt])[0]


@service(
    "can_clear", "TaskInstanceModelView", dag="dag_id", mutates=lambda p: not p["body"].dry_run
)
def post_clear_task_instances(
    tx: Tx, call: Call, dag_id: str, body: ClearTaskInstancesBody
) -> TaskInstanceCollectionResponse:
    """Have task instances run again; a dry run says which.

    With `include_downstream` what other DAGs do after an ExternalTaskMarker runs again too.
    """
    dags.get_dag(tx, dag_id)
    selection = Selection(
        body.task_ids, body.include_upstream, body.include_downstream, body.only_failed,
        body.only_running, with_setups=True,
    )  # fmt: skip
    chosen = [(run, select(tx, call, run, selection)) for run in _runs(tx, dag_id, body)]
    if body.include_downstream:
        chosen = with_dependents(tx, call, chosen)
    ids = [row.id for _, rows in chosen for row in rows]
    if not body.dry_run:
        if body.prevent_running_task:
            _refuse_running(chosen)
        for run, rows in chosen:
            if rows:
                clear(tx, call, run, rows, reset_run=body.reset_dag_runs)
        if "note" in body.model_fields_set:
            notes.set_task_note(tx, ids, body.note)
    return _collection(tx, ids)


@service("can_success", "TaskInstanceModelView", dag="dag_id", mutates=True)
def patch_task_instance(
    tx: Tx,
    call: Call,
    dag_id: str,
    dag_run_id: str,
    task_id: str,
    body: PatchTaskInstanceBody,
    query: PatchTaskInstanceQuery,
    map_index: int | None = None,
) -> TaskInstanceCollectionResponse:
    """Mark task instances as success, failed or skipped, or write a note."""
    fields = wanted_fields(body, query)
    run = runs.get_run(tx, dag_id, dag_run_id)
    index = query.map_index if map_index is None else map_index
    if index is None:
        check_task(tx, dag_id, dag_run_id, task_id)
    else:
        get_instance(tx, dag_id, dag_run_id, task_id, index)
    task = task_id if index is None else (task_id, index)
    selection = Selection([task], body.include_upstream, body.include_downstream)
    ids = []
    for one in _with_neighbours(tx, run, body.include_past, body.include_future):
        rows = select(tx, call, one, selection)
        ids += [row.id for row in rows]
        if "new_state" in fields and body.new_state is not None:
            mark_tasks(tx, call, one, rows, TaskState(body.new_state))
    if "note" in fields:
        notes.set_task_note(tx, ids, body.note)
    return _collection(tx, ids)


def get_instance(tx: Tx, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> Any:
    """Return one task instance's row.

    Raises:
        NotFound: DAG, run or task instance does not exist; the sentence says which.
    """
    row = lists.find_task_instance(tx, dag_id, run_id, task_id, map_index)
    if row is None:
        dags.get_dag(tx, dag_id)
        runs.get_run(tx, dag_id, run_id)
        if map_index < 0 and lists.count_mapped(tx, dag_id, run_id, task_id):
            raise NotFound(f"Task {task_id!r} is mapped: say which one by its map_index.")
        which = f" with map index {map_index}" if map_index >= 0 else ""
        raise NotFound(f"Run {run_id!r} of DAG {dag_id!r} has no task {task_id!r}{which}.")
    return row


def check_task(tx: Tx, dag_id: str, run_id: str, task_id: str) -> None:
    """Refuse a task that a run has not, mapped or not.

    Raises:
        NotFound: DAG, run or task does not exist; the sentence says which.
    """
    if not lists.count_mapped(tx, dag_id, run_id, task_id):
        get_instance(tx, dag_id, run_id, task_id)


def last_attempts(tx: Tx, ti_id: int) -> dict[int, Any]:
    """Return the last attempt of every try, by the try's number: lost ones were replaced."""
    return {one.try_number: one for one in lists.list_attempts(tx, ti_id)}


def _runs(tx: Tx, dag_id: str, body: ClearTaskInstancesBody) -> list[Any]:
    if body.dag_run_id is not None:
        run = runs.get_run(tx, dag_id, body.dag_run_id)
        return _with_neighbours(tx, run, body.include_past, body.include_future)
    if body.include_past or body.include_future:
        raise Invalid("include_past and include_future need a dag_run_id.", "dag_run_id")
    return _by_pk(tx, notes.list_runs_between(tx, dag_id, body.start_date, body.end_date))


def _with_neighbours(tx: Tx, run: Any, past: bool, future: bool) -> list[Any]:
    if run.logical_date is None or not (past or future):
        return [run]
    start = None if past else run.logical_date
    end = None if future else run.logical_date
    return _by_pk(tx, notes.list_runs_between(tx, run.dag_id, start, end))


def _by_pk(tx: Tx, run_pks: list[int]) -> list[Any]:
    return runs.list_by_pk(tx, set(run_pks))


def _refuse_running(chosen: list[tuple[Any, list[Any]]]) -> None:
    running = [row.task_id for _, rows in chosen for row in rows if row.state == TaskState.RUNNING]
    if running:
        raise Conflict(f"{', '.join(running[:5])} is running. Nothing was cleared.")


def _collection(tx: Tx, ids: list[int]) -> TaskInstanceCollectionResponse:
    found = wire.task_instances(lists.list_task_instances_by_id(tx, ids))
    return TaskInstanceCollectionResponse(task_instances=found, total_entries=len(found))
