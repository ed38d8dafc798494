"""Tasks of a DAG's current version."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid, NotFound
from couture_scheduler.rules.plan import Plan
from couture_scheduler.schemas.tasks import (
    TaskCollectionResponse,
    TaskQuery,
    TaskResponse,
    TimeDelta,
)
from couture_scheduler.services.graphs import is_mapped
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags


@service("can_task", "Airflow", dag="dag_id")
def get_tasks(tx: Tx, call: Call, dag_id: str, query: TaskQuery) -> TaskCollectionResponse:
    """List the tasks of a DAG."""
    plan = current_plan(tx, call, dag_id)
    found = [_task(task.data, is_mapped(plan, task.task_id)) for task in plan.tasks.values()]
    name = query.order_by.removeprefix("-")
    if name not in TaskResponse.model_fields:
        raise Invalid(f"Cannot order tasks by {query.order_by!r}.", "order_by")
    found.sort(key=lambda task: str(getattr(task, name)), reverse=query.order_by.startswith("-"))
    return TaskCollectionResponse(tasks=found, total_entries=len(found))


@service("can_task", "Airflow", dag="dag_id")
def get_task(tx: Tx, call: Call, dag_id: str, task_id: str) -> TaskResponse:
    """Return one task of a DAG."""
    plan = current_plan(tx, call, dag_id)
    task = plan.tasks.get(task_id)
    if task is None:
        raise NotFound(f"DAG {dag_id!r} has no task {task_id!r}.")
    return _task(task.data, is_mapped(plan, task.task_id))


def current_plan(tx: Tx, call: Call, dag_id: str) -> Plan:
    """Return the plan of a DAG's current version."""
    return call.workflow.plans.get(tx, dags.get_dag(tx, dag_id).version_id)


def _task(data: dict[str, Any], mapped: bool) -> TaskResponse:
    return TaskResponse(
        task_id=data["task_id"],
        task_display_name=data["task_id"],
        owner=data["owner"],
        start_date=data["start_date"],
        end_date=data["end_date"],
        trigger_rule=data["trigger_rule"],
        depends_on_past=data["depends_on_past"],
        wait_for_downstream=data["wait_for_downstream"],
        retries=data["retries"],
        queue=data["queue"],
        pool=data["pool"],
        pool_slots=data["pool_slots"],
        execution_timeout=TimeDelta.of(data["execution_timeout"]),
        retry_delay=TimeDelta.of(data["retry_delay"]),
        retry_exponential_backoff=float(data["retry_exponential_backoff"]),
        priority_weight=data["priority_weight"],
        weight_rule=data["weight_rule"],
        template_fields=data["template_fields"],
        downstream_task_ids=data["downstream"],
        doc_md=data["doc_md"],
        operator_name=data["operator"],
        params={},
        is_mapped=mapped,
        class_ref={"class_name": data["operator"]},
    )
