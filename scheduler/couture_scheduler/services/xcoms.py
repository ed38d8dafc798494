"""XComs: what task instances left for others."""

import json
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import NotFound
from couture_scheduler.schemas.xcoms import (
    XComCollectionResponse,
    XComEntryQuery,
    XComQuery,
    XComResponse,
    XComResponseNative,
)
from couture_scheduler.services.paging import criteria
from couture_scheduler.services.service import service
from couture_scheduler.services.task_instances import check_task, get_instance
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import lists


@service("can_xcom", "Airflow", dag="dag_id")
def get_xcom_entries(
    tx: Tx, call: Call, dag_id: str, dag_run_id: str, task_id: str, query: XComQuery
) -> XComCollectionResponse:
    """List XComs without values; `~` = of all DAGs, runs, tasks."""
    given = [None if one == "~" else one for one in (dag_id, dag_run_id, task_id)]
    if None not in given and query.map_index is None:
        check_task(tx, dag_id, dag_run_id, task_id)
    asked = criteria(query, lists.XCOM_COLUMNS)
    listed = lists.list_xcoms(tx, asked, call.dags, *given)
    return XComCollectionResponse(
        xcom_entries=[XComResponse(**_entry(row)) for row in listed.rows],
        total_entries=listed.total,
    )


@service("can_xcom", "Airflow", dag="dag_id")
def get_xcom_entry(
    tx: Tx,
    call: Call,
    dag_id: str,
    dag_run_id: str,
    task_id: str,
    xcom_key: str,
    query: XComEntryQuery,
) -> XComResponseNative:
    """Return one XCom with its value; a pickled one is never opened, its text is shown."""
    row = lists.find_xcom(tx, dag_id, dag_run_id, task_id, query.map_index, xcom_key)
    if row is None:
        get_instance(tx, dag_id, dag_run_id, task_id, query.map_index)
        raise NotFound(f"Task {task_id!r} has left no XCom {xcom_key!r} in run {dag_run_id!r}.")
    value = row.text if row.value is None else json.loads(row.value)
    if query.stringify and not isinstance(value, str):
        value = row.value
    return XComResponseNative(**_entry(row), value=value)


def _entry(row: Any) -> dict[str, Any]:
    return {
        "key": row.key,
        "timestamp": row.at,
        "logical_date": row.logical_date,
        "map_index": row.map_index,
        "task_id": row.task_id,
        "task_display_name": row.task_id,
        "dag_id": row.dag_id,
        "dag_display_name": row.dag_id,
        "run_id": row.run_id,
        "run_after": row.run_after,
    }
