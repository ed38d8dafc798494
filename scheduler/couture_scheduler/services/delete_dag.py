"""Delete a DAG: its runs, and the DAG itself where no file defines it any more."""

from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict
from couture_scheduler.schemas.dags import DagDeleted
from couture_scheduler.services.old_files import remove_folders
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags, deletion, limits
from couture_scheduler.store.transition import record
from couture_scheduler.upcoming import advance


@service("can_delete", "DagModelView", dag="dag_id", mutates=True)
def delete_dag(tx: Tx, call: Call, dag_id: str) -> DagDeleted:
    """Delete all runs of a DAG; one that a file defines is then as if it were new.

    Its logs and outputs go with them; versions and the event log stay in the database.

    Raises:
        Conflict: a run has not ended.
    """
    dag = dags.get_dag(tx, dag_id)
    limits.lock_dags(tx, [dag_id])
    _refuse_open(tx, dag_id)
    count = deletion.delete_history(tx, dag_id)
    call.notes["after"] = {"deleted_runs": count, "is_gone": not dag.is_active}
    if dag.is_active:
        _start_anew(tx, call, dag)
    else:
        deletion.delete_dag(tx, dag_id)
    after = "version" if dag.is_active else "removed"
    record(tx, "dag", dag_id[-64:], after, call.actor.user, dag_id=dag_id)
    call.workflow.ring(tx, "scheduler")
    tx.after_commit(lambda: remove_folders(call.workflow.settings, dag_id))
    return DagDeleted(dag_id=dag_id, deleted_runs=count, is_gone=not dag.is_active)


def _refuse_open(tx: Tx, dag_id: str) -> None:
    count = deletion.count_open_runs(tx, dag_id)
    if count:
        are = "1 run of it has" if count == 1 else f"{count:,} runs of it have"
        raise Conflict(
            f"DAG {dag_id!r} cannot be deleted: {are} not ended. Switch it off, and wait for them "
            "or mark them as failed."
        )
    if deletion.has_live_attempt(tx, dag_id):
        raise Conflict(f"DAG {dag_id!r} cannot be deleted yet: a task of it is being stopped.")


def _start_anew(tx: Tx, call: Call, dag: Any) -> None:
    """Have a DAG as it was when its file was read for the first time."""
    data = call.workflow.plans.get(tx, dag.version_id).data
    paused = data["is_paused_upon_creation"]
    if paused is None:
        paused = call.workflow.settings.dags_are_paused_at_creation
    dags.set_paused(tx, dag.dag_id, paused)
    advance(tx, dags.get_dag(tx, dag.dag_id), None)
