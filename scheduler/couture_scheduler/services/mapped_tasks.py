"""Instances of mapped tasks, each by its map index."""

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import NotFound
from couture_scheduler.schemas.base import MapIndex, UpdateMask
from couture_scheduler.schemas.task_instances import (
    MappedQuery,
    PatchTaskInstanceBody,
    PatchTaskInstanceQuery,
    TaskInstanceCollectionResponse,
    TaskInstanceHistoryCollectionResponse,
    TaskInstanceHistoryResponse,
    TaskInstanceResponse,
)
from couture_scheduler.services import task_instances, wire
from couture_scheduler.services.graphs import is_mapped
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import lists, runs
from couture_scheduler.store.listing import COUNT_LIMIT


@service("can_task_instances", "TaskInstanceModelView", dag="dag_id")
def get_mapped_task_instances(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, query: MappedQuery
) -> TaskInstanceCollectionResponse:
    """List the instances of a mapped task in a run."""
    run = runs.get_run(tx, dag_id, dag_run_id)
    asked = criteria(query, lists.TI_COLUMNS).with_bounds([("map_index", "gte", 0)])
    asked.among["task_id"] = [task_id]  # type: ignore[index]
    listed = lists.list_task_instances(tx, asked, call.dags, run_pk=run.id)
    if not listed.rows:
        plan = call.workflow.plans.get(tx, run.dag_version_id)
        if task_id not in plan.tasks:
            raise NotFound(f"Run {dag_run_id!r} of DAG {dag_id!r} has no task {task_id!r}.")
        if not is_mapped(plan, task_id):
            raise NotFound(f"Task {task_id!r} is not mapped.")
    return TaskInstanceCollectionResponse(
        task_instances=wire.task_instances(listed.rows),
        total_entries=listed.total,
        total_entries_limit=COUNT_LIMIT if listed.total == COUNT_LIMIT else None,
    )


@service("can_task", "TaskInstanceModelView", dag="dag_id")
def get_mapped_task_instance(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, map_index: int
) -> TaskInstanceResponse:
    """Return one instance of a mapped task."""
    row = task_instances.get_instance(tx, dag_id, dag_run_id, task_id, map_index)
    return wire.task_instance(row)


@service("can_success", "TaskInstanceModelView", dag="dag_id", mutates=True)
def patch_task_instance_by_map_index(
    tx: Tx,
    call: Call,
    dag_id: str,
    dag_run_id: str,
    task_id: str,
    map_index: int,
    body: PatchTaskInstanceBody,
    query: UpdateMask,
) -> TaskInstanceCollectionResponse:
    """Mark one instance of a mapped task, or write a note."""
    asked = PatchTaskInstanceQuery(update_mask=query.update_mask, map_index=map_index)
    return task_instances.patch_task_instance.function(
        tx, call, dag_id, dag_run_id, task_id, body, asked
    )


@service("can_tries", "TaskInstanceModelView", dag="dag_id")
def get_mapped_task_instance_tries(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, map_index: int
) -> TaskInstanceHistoryCollectionResponse:
    """List the tries of one instance of a mapped task."""
    return task_instances.get_task_instance_tries.function(
        tx, call, dag_id, dag_run_id, task_id, MapIndex(map_index=map_index)
    )


@service("can_tries", "TaskInstanceModelView", dag="dag_id")
def get_mapped_task_instance_try_details(
    tx: Tx,
    call: Call,
    dag_id: str,
    dag_run_id: str,
    task_id: str,
    map_index: int,
    task_try_number: int,
) -> TaskInstanceHistoryResponse:
    """Return one try of one instance of a mapped task."""
    query = MapIndex(map_index=map_index)
    return task_instances.get_task_instance_try_details.function(
        tx, call, dag_id, dag_run_id, task_id, task_try_number, query
    )
