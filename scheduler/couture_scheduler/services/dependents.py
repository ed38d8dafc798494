"""What other DAGs do after a task: an ExternalTaskMarker stands for it, and is followed by a clear."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Invalid, NotFound
from couture_scheduler.services.clear import Selection, select
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags, lookups, xcoms
from couture_scheduler.store.lookups import RunCriteria

Chosen = list[tuple[Any, list[Any]]]  #: runs with their task instances


@dataclass(frozen=True)
class _Marker:
    """A marker that is cleared, and how many steps on from the first one it is."""

    run: Any
    row: Any
    marks: dict[str, Any]
    depth: int


def with_dependents(tx: Tx, call: Call, chosen: Chosen) -> Chosen:
    """Add what depends on the markers among task instances: the task of the other DAG and all below.

    DAGs in which the person may not clear tasks are left as they are.

    Raises:
        Invalid: more steps than the first marker's `recursion_depth` (Airflow's limit).
    """
    found = {run.id: (run, {row.id: row for row in rows}) for run, rows in chosen}
    waiting = [one for run, rows in chosen for one in _markers(tx, call, run, rows, 1)]
    limit = waiting[0].marks["depth"] if waiting else 0
    while waiting:
        marker = waiting.pop(0)
        for run, rows in _marked(tx, call, marker):
            _, known = found.setdefault(run.id, (run, {}))
            fresh = [row for row in rows if row.id not in known]
            known |= {row.id: row for row in fresh}
            further = _markers(tx, call, run, fresh, marker.depth + 1)
            if further and marker.depth >= limit:
                raise Invalid(
                    f"Nothing was cleared: more than {limit} DAGs depend on each other by markers, "
                    f"the last is {run.dag_id!r}. Raise the recursion_depth of the first marker.",
                    "include_downstream",
                )
            waiting += further
    return [(run, list(rows.values())) for run, rows in found.values()]


def _markers(tx: Tx, call: Call, run: Any, rows: list[Any], depth: int) -> list[_Marker]:
    plan = call.workflow.plans.get(tx, dags.get_dag(tx, run.dag_id).version_id)
    marks = {name: task.data.get("marks") for name, task in plan.tasks.items()}
    return [_Marker(run, row, found, depth) for row in rows if (found := marks.get(row.task_id))]


def _marked(tx: Tx, call: Call, marker: _Marker) -> Chosen:
    """Return what a marker stands for; templates are taken as its last attempt rendered them."""
    fields = xcoms.last_rendered(tx, marker.row.id) or {}
    dag_id = fields.get("external_dag_id", marker.marks["dag_id"])
    task_id = fields.get("external_task_id", marker.marks["task_id"])
    moment = _moment(fields.get("execution_date"), marker)
    if moment is None or not _may_clear(call, dag_id):
        return []
    chosen = []
    for run in lookups.list_runs(tx, dag_id, RunCriteria(logical_dates=[moment])):
        selection = Selection([task_id], downstream=True, with_setups=True)
        try:
            chosen.append((run, select(tx, call, run, selection)))
        except NotFound:  # the other DAG no longer has that task
            continue
    return chosen


def _moment(text: str | None, marker: _Marker) -> datetime | None:
    if text is None:
        return marker.run.logical_date
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"The marker {marker.row.task_id!r} names the date {text!r}, which is none.", "task_ids"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _may_clear(call: Call, dag_id: str) -> bool:
    actor = call.actor
    return actor.sees(dag_id) and actor.allows("can_clear", "TaskInstanceModelView", dag_id)
