"""Callback attempts: author code beside the tasks, asked for with what it follows from.

Claimed by one agent and called once: what ends by our doing or the host's is lost, not repeated.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, case, insert, select

from couture_scheduler.db.automation import callback
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag_run, task_instance
from couture_scheduler.rights import DagScope
from couture_scheduler.states import CallbackState, TaskState
from couture_scheduler.store.listing import Criteria, Listed, list_page, visible
from couture_scheduler.store.transition import record, step

C = CallbackState
_QUEUED = (
    select(callback)
    .where(callback.c.state == C.QUEUED)
    .order_by(callback.c.created_at, callback.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NAMED = (
    select(callback, dag_run.c.run_id, task_instance.c.task_id, task_instance.c.map_index)
    .outerjoin(dag_run, dag_run.c.id == callback.c.run_pk)
    .outerjoin(task_instance, task_instance.c.id == callback.c.ti_id)
)
COLUMNS = {
    **{name: callback.c[name] for name in ("kind", "dag_id", "state", "created_at", "ended_at")},
    "dag_run_id": dag_run.c.run_id,
    "task_id": task_instance.c.task_id,
    "map_index": task_instance.c.map_index,
}
_WAITS = select(callback.c.id).where(callback.c.state == C.QUEUED).limit(1)


def ask(
    tx: Tx,
    kind: str,
    dag_id: str,
    file_version_id: str,
    payload: dict[str, Any],
    run_pk: int | None = None,
    ti_id: int | None = None,
) -> str:
    """Have a callback called once this transaction holds; return its token."""
    token = uuid.uuid4().hex
    row = {
        "id": token,
        "kind": kind,
        "dag_id": dag_id,
        "run_pk": run_pk,
        "ti_id": ti_id,
        "file_version_id": file_version_id,
        "payload": payload,
        "state": C.QUEUED,
        "created_at": tx.now,
    }
    tx.execute(insert(callback), [row])
    return token


def claim(tx: Tx, limit: int, host_id: str, epoch: int) -> list[Any]:
    """Take queued callbacks for this host."""
    held = {"host_id": host_id, "host_epoch": epoch, "claimed_at": tx.now}
    found = tx.rows(_QUEUED, {"limit": limit})
    return [row for row in found if step(tx, "callback", row, C.RUNNING, **held)]


def is_waiting(tx: Tx) -> bool:
    """Say whether a callback waits for an agent."""
    return tx.first(_WAITS) is not None


def end(tx: Tx, token: str, state: CallbackState, reason: str | None, actor: str) -> bool:
    """Write how a callback ended, in the run's event log too; say whether it was still open."""
    row = tx.first(select(callback).where(callback.c.id == token))
    if row is None or row.state not in (C.QUEUED, C.RUNNING):
        return False
    if not step(tx, "callback", row, state, reason=reason, ended_at=tx.now):
        return False
    run = tx.first(select(dag_run.c.run_id).where(dag_run.c.id == row.run_pk))
    ti = tx.first(select(task_instance).where(task_instance.c.id == row.ti_id))
    record(
        tx,
        "callback",
        token,
        f"callback_{state}",
        actor,
        reason=f"{row.kind}: {reason}" if reason else row.kind,
        dag_id=row.dag_id,
        run_id=run.run_id if run else None,
        task_id=ti.task_id if ti else None,
        map_index=ti.map_index if ti else None,
        try_number=row.payload.get("try_number"),
        token=token,
    )
    return True


def list_held(tx: Tx, host_id: str, before_epoch: int) -> Sequence[Any]:
    """Return what the host was calling under an epoch that is over."""
    return tx.rows(
        select(callback).where(
            callback.c.state == C.RUNNING,
            callback.c.host_id == host_id,
            callback.c.host_epoch < before_epoch,
        )
    )


def list_taken(tx: Tx, tokens: Sequence[str], host_id: str, epoch: int) -> list[Any]:
    """Return those of some callbacks that this host has claimed."""
    held = (callback.c.host_id == host_id, callback.c.host_epoch == epoch)
    query = select(callback).where(callback.c.id.in_(tokens), callback.c.state == C.RUNNING, *held)
    return tx.rows(query)


def about(tx: Tx, row: Any) -> dict[str, Any]:
    """Return the task instance that a callback is about, as a dict of its columns.

    One of a DAG is about one that has failed, else about the last; where there is none, all columns
    are None.
    """
    query = select(task_instance).where(task_instance.c.id == row.ti_id)
    if row.ti_id is None:
        failed = case((task_instance.c.state == TaskState.FAILED, 0), else_=1)
        query = select(task_instance).where(
            task_instance.c.run_pk == row.run_pk, task_instance.c.state != TaskState.REMOVED
        )
        query = query.order_by(failed, task_instance.c.id.desc())
    found = tx.first(query.limit(1))
    none = dict.fromkeys(task_instance.c.keys()) | {"dag_id": row.dag_id, "map_index": -1}
    return dict(found._mapping) if found is not None else none


def list_callbacks(tx: Tx, criteria: Criteria, scope: DagScope) -> Listed:
    """Return a page of callbacks with the names of what they are about."""
    query = _NAMED.where(*visible(callback.c.dag_id, scope))
    return list_page(tx, query, COLUMNS, criteria, callback.c.id)


def find_callback(tx: Tx, callback_id: str, scope: DagScope) -> Any | None:
    """Return one callback as `list_callbacks` does, or None."""
    return tx.first(_NAMED.where(callback.c.id == callback_id, *visible(callback.c.dag_id, scope)))


def list_of_run(tx: Tx, run_pk: int) -> list[Any]:
    """Return the callbacks about one run, in the order in which they were asked for."""
    return tx.rows(
        select(callback).where(callback.c.run_pk == run_pk).order_by(callback.c.created_at)
    )
