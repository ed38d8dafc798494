"""DAG runs and their task instances."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag, dag_run, pool, task_instance
from couture_scheduler.errors import NotFound
from couture_scheduler.states import OCCUPYING, RunState, TaskState
from couture_scheduler.store.transition import record

# Statements of the loop, built once: building costs more than running them.
_DUE = (
    select(dag_run)
    .where(dag_run.c.wake_at <= bindparam("now"))
    .order_by(dag_run.c.wake_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_WAKE = select(func.min(dag_run.c.wake_at))
_SET_WAKE = update(dag_run).where(dag_run.c.id == bindparam("pk")).values(wake_at=bindparam("at"))
_STATES = select(
    task_instance.c.id,
    task_instance.c.task_id,
    task_instance.c.state,
    task_instance.c.due_at,
    task_instance.c.skip_by,
).where(task_instance.c.run_pk == bindparam("pk"))
_STATE_NAMES = (
    select(task_instance.c.state).where(task_instance.c.run_pk == bindparam("pk")).distinct()
)
_BY_ID = select(task_instance).where(task_instance.c.id.in_(bindparam("ids", expanding=True)))
_RUNS_BY_PK = select(dag_run).where(dag_run.c.id.in_(bindparam("pks", expanding=True)))
_FIRST_QUEUED = (
    select(dag_run.c.id, dag_run.c.run_after)
    .where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.state == RunState.QUEUED)
    .order_by(dag_run.c.run_after, dag_run.c.id)
    .limit(1)
)
_SCHEDULED = (
    select(task_instance, dag_run.c.run_id, dag.c.version_id)
    .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
    .join(dag, dag.c.dag_id == task_instance.c.dag_id)
    .join(pool, pool.c.name == task_instance.c.pool)
    .where(task_instance.c.state == TaskState.SCHEDULED, dag_run.c.state == RunState.RUNNING)
    .where(dag.c.is_paused.is_(False), dag.c.occupied < dag.c.max_active_tasks)
    .where(pool.c.occupied + task_instance.c.pool_slots <= pool.c.slots)
    .order_by(task_instance.c.priority_weight.desc(), dag_run.c.run_after, task_instance.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("after"))
)


def find_run(tx: Tx, dag_id: str, run_id: str) -> Any | None:
    """Return one run, or None."""
    return tx.first(select(dag_run).where(dag_run.c.dag_id == dag_id, dag_run.c.run_id == run_id))


def get_run(tx: Tx, dag_id: str, run_id: str) -> Any:
    """Return one run."""
    row = find_run(tx, dag_id, run_id)
    if row is None:
        raise NotFound(f"DAG {dag_id!r} has no run {run_id!r}.")
    return row


def find_slot(tx: Tx, dag_id: str, slot_key: str) -> Any | None:
    """Return the run of one slot of the schedule."""
    return tx.first(
        select(dag_run.c.id).where(dag_run.c.dag_id == dag_id, dag_run.c.slot_key == slot_key)
    )


def add_run(tx: Tx, values: dict[str, Any], tasks: Sequence[dict[str, Any]], actor: str) -> int:
    """Insert a queued run with a task instance for each of `tasks`; return its id.

    The run is due at once, or at its run_after.
    """
    result = tx.execute(
        insert(dag_run).values(
            state=RunState.QUEUED,
            version=1,
            queued_at=tx.now,
            wake_at=max(tx.now, values["run_after"]),
            **values,
        )
    )
    assert result.inserted_primary_key is not None
    run_pk = result.inserted_primary_key[0]
    add_task_instances(tx, run_pk, values["dag_id"], values["dag_version_id"], tasks)
    record(
        tx,
        "dag_run",
        run_pk,
        RunState.QUEUED,
        actor,
        seq=1,
        dag_id=values["dag_id"],
        run_id=values["run_id"],
    )
    return run_pk


def add_task_instances(
    tx: Tx, run_pk: int, dag_id: str, version_id: int, tasks: Sequence[dict[str, Any]]
) -> None:
    """Insert not-started task instances."""
    rows = [
        {
            "run_pk": run_pk,
            "dag_id": dag_id,
            "task_id": task["task_id"],
            "map_index": -1,
            "state": TaskState.NONE,
            "max_tries": task["retries"],
            "operator": task["operator"],
            "pool": task["pool"],
            "pool_slots": task["pool_slots"],
            "queue": task["queue"],
            "priority_weight": task["weight"],
            "dag_version_id": version_id,
        }
        for task in tasks
    ]
    if rows:
        tx.execute(insert(task_instance), rows)


def list_due(tx: Tx, limit: int) -> list[Any]:
    """Return the runs that have to be looked at, the longest waiting first."""
    return tx.rows(_DUE, {"now": tx.now, "limit": limit})


def next_wake(tx: Tx) -> datetime | None:
    """Return when the next run has to be looked at."""
    return tx.scalar(_NEXT_WAKE)


def set_wake(tx: Tx, run_pk: int, wake_at: datetime | None) -> None:
    """Say when a run has to be looked at again; None = when something happens to it."""
    tx.execute(_SET_WAKE, {"pk": run_pk, "at": wake_at})


def wake_open(tx: Tx, dag_id: str) -> None:
    """Have all open runs of a DAG looked at now."""
    open_states = (RunState.QUEUED, RunState.RUNNING)
    tx.execute(
        update(dag_run)
        .where(dag_run.c.dag_id == dag_id, dag_run.c.state.in_(open_states))
        .values(wake_at=tx.now)
    )


def wake_next_queued(tx: Tx, dag_id: str) -> None:
    """Have the first queued run of a DAG looked at once it is due: there is room for one more."""
    first = tx.first(_FIRST_QUEUED, {"dag_id": dag_id})
    if first is not None:
        set_wake(tx, first.id, max(tx.now, first.run_after))


def count_open_scheduled(tx: Tx, dag_id: str) -> int:
    """Count the scheduled runs of a DAG that have not ended."""
    return tx.scalar(
        select(func.count())
        .select_from(dag_run)
        .where(
            dag_run.c.dag_id == dag_id,
            dag_run.c.run_type == "scheduled",
            dag_run.c.state.in_((RunState.QUEUED, RunState.RUNNING)),
        )
    )


def list_tis(tx: Tx, run_pk: int) -> list[Any]:
    """Return all task instances of a run."""
    return tx.rows(select(task_instance).where(task_instance.c.run_pk == run_pk))


def list_states(tx: Tx, run_pk: int) -> list[Any]:
    """Return what the rules look at of each task instance of a run."""
    return tx.rows(_STATES, {"pk": run_pk})


def list_state_names(tx: Tx, run_pk: int) -> set[str]:
    """Return the states that occur among the task instances of a run."""
    return {row.state for row in tx.rows(_STATE_NAMES, {"pk": run_pk})}


def list_tis_by_id(tx: Tx, ids: Sequence[int]) -> list[Any]:
    """Return task instances by their ids."""
    return tx.rows(_BY_ID, {"ids": list(ids)})


def find_ti(tx: Tx, run_pk: int, task_id: str, map_index: int = -1) -> Any | None:
    """Return one task instance, or None."""
    return tx.first(
        select(task_instance).where(
            task_instance.c.run_pk == run_pk,
            task_instance.c.task_id == task_id,
            task_instance.c.map_index == map_index,
        )
    )


def list_scheduled(tx: Tx, limit: int, after: int = 0) -> list[Any]:
    """Return task instances that wait for a slot, most important first, the first `after` not.

    Those for which their pool or DAG has no room are left out.
    """
    return tx.rows(_SCHEDULED, {"limit": limit, "after": after})


def previous_states(tx: Tx, run: Any) -> dict[str, str] | None:
    """Return the task states of the run before `run` (by logical date), or None."""
    if run.logical_date is None:
        return None
    before = tx.scalar(
        select(dag_run.c.id)
        .where(dag_run.c.dag_id == run.dag_id, dag_run.c.logical_date < run.logical_date)
        .order_by(dag_run.c.logical_date.desc())
        .limit(1)
    )
    if before is None:
        return None
    rows = tx.rows(
        select(task_instance.c.task_id, task_instance.c.state).where(
            task_instance.c.run_pk == before
        )
    )
    return {row.task_id: row.state for row in rows}


def wake_after(tx: Tx, run: Any) -> None:
    """Have the run after `run` looked at: one of its tasks may depend on this one's."""
    if run.logical_date is None:
        return
    later = tx.scalar(
        select(dag_run.c.id)
        .where(
            and_(dag_run.c.dag_id == run.dag_id, dag_run.c.logical_date > run.logical_date),
            dag_run.c.state == RunState.RUNNING,
        )
        .order_by(dag_run.c.logical_date)
        .limit(1)
    )
    if later is not None:
        set_wake(tx, later, tx.now)


def count_occupying(tx: Tx, dag_id: str, task_id: str) -> int:
    """Count how many instances of one task hold a slot."""
    return tx.scalar(
        select(func.count())
        .select_from(task_instance)
        .where(
            task_instance.c.dag_id == dag_id,
            task_instance.c.task_id == task_id,
            task_instance.c.state.in_(OCCUPYING),
        )
    )


def forget_branches(tx: Tx, ti_ids: Sequence[int]) -> None:
    """Note that no branch has left these task instances out: they are decided anew."""
    tx.execute(update(task_instance).where(task_instance.c.id.in_(ti_ids)).values(skip_by=None))


def set_version(tx: Tx, run_pk: int, version_id: int) -> None:
    """Note that a run follows another version of its DAG from now on."""
    tx.execute(update(dag_run).where(dag_run.c.id == run_pk).values(dag_version_id=version_id))


def list_by_pk(tx: Tx, run_pks: set[int]) -> list[Any]:
    """Return runs by their ids."""
    return tx.rows(_RUNS_BY_PK, {"pks": list(run_pks)})


def last_interval(tx: Tx, dag_id: str) -> tuple[datetime, datetime] | None:
    """Return the data interval of the DAG's latest scheduled run, or None."""
    row = tx.first(
        select(dag_run.c.data_interval_start, dag_run.c.data_interval_end)
        .where(dag_run.c.dag_id == dag_id, dag_run.c.run_type == "scheduled")
        .order_by(dag_run.c.logical_date.desc())
        .limit(1)
    )
    return (row.data_interval_start, row.data_interval_end) if row else None
