"""What changed since: the tail of the history as changes for those who watch.

No service: read once for all watchers, each of whom is shown only the DAGs that they may see.
"""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.live import (
    Change,
    DagChange,
    ImportErrorChange,
    RunChange,
    TaskChange,
)
from couture_scheduler.services import wire
from couture_scheduler.services.actor import Actor
from couture_scheduler.services.dag_views import list_import_errors
from couture_scheduler.services.workflow import Workflow
from couture_scheduler.store import changes, dag_sources, dags

_AT_ONCE = 2000
#: the permission of the list that shows the same over HTTP
_NEEDED = {
    DagChange: ("can_list", "DagModelView"),
    RunChange: ("can_list", "DagRunModelView"),
    TaskChange: ("can_task_instances", "TaskInstanceModelView"),
    ImportErrorChange: ("can_list", "DagModelView"),
}


def last_id(workflow: Workflow) -> int:
    """Return where the history ends now."""
    with workflow.db.read() as tx:
        return changes.last_id(tx)


def read_changes(workflow: Workflow, after_id: int) -> tuple[int, list[Change]]:
    """Return what changed after `after_id`, each thing once and as it is now."""
    with workflow.db.read() as tx:
        rows = changes.list_since(tx, after_id, _AT_ONCE)
        if not rows:
            return after_id, []
        tasks = changes.list_tasks(tx, _ids(rows, "task_instance"))
        runs = changes.list_runs(tx, _ids(rows, "dag_run"))
        errors = _import_errors(tx, {row.entity_id for row in rows if row.kind == "import_error"})
    return rows[-1].id, [
        *(_dag(row) for row in rows if row.kind == "dag"),
        *errors,
        *(_run(row) for row in runs),
        *(_task(row) for row in tasks),
    ]


def shown_to(change: Change, actor: Actor) -> Change | None:
    """Return a change as somebody may see it, or None."""
    permission = _NEEDED[type(change)]
    if not isinstance(change, ImportErrorChange):
        shown = actor.sees(change.dag_id) and actor.allows(*permission, change.dag_id)
        return change if shown else None
    seen = [one for one in change.dag_ids if actor.sees(one) and actor.allows(*permission, one)]
    own = change.account is not None and change.account == actor.account
    if not (seen or own or actor.scope(*permission) is None):
        return None
    error = change.error and change.error.model_copy(update={"dag_ids": seen})
    return change.model_copy(update={"error": error})


def dags_of(found: list[Change]) -> set[str]:
    """Return the DAGs whose rows in the list may be others after these changes."""
    return {change.dag_id for change in found if not isinstance(change, ImportErrorChange)}


def _import_errors(tx: Tx, paths: set[str]) -> list[ImportErrorChange]:
    if not paths:
        return []
    errors = {one.filename: one for one in list_import_errors(tx)}
    defined, sources = dags.list_ids_by_path(tx), dag_sources.list_sources(tx)
    return [
        ImportErrorChange(
            filename=path,
            error=errors.get(path),
            dag_ids=defined.get(path, []),
            account=sources[path].account if path in sources else None,
        )
        for path in sorted(paths)
    ]


def _ids(rows: list[Any], kind: str) -> list[int]:
    return sorted({int(row.entity_id) for row in rows if row.kind == kind})


def _dag(row: Any) -> DagChange:
    return DagChange(dag_id=row.dag_id, event=row.after)


def _run(row: Any) -> RunChange:
    return RunChange(
        dag_id=row.dag_id,
        run_id=row.run_id,
        state=row.state,
        start_date=row.start_date,
        end_date=row.end_date,
    )


def _task(row: Any) -> TaskChange:
    return TaskChange(
        dag_id=row.dag_id,
        run_id=row.run_id,
        task_id=row.task_id,
        map_index=row.map_index,
        state=wire.task_state(row.state),
        try_number=row.try_number,
        max_tries=row.max_tries,
        start_date=row.start_date,
        end_date=row.end_date,
        reason=row.reason or None,
        retry_at=row.due_at,
    )
