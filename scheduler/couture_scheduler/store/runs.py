"""DAG runs and their task instances."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, func, insert, or_, select, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag_run, task_instance
from couture_scheduler.errors import NotFound
from couture_scheduler.states import OCCUPYING, RunState, RunType, TaskState
from couture_scheduler.store import limits
from couture_scheduler.store.transition import record

# Statements of the loop, built once: building costs more than running them.
_DUE = (
    select(dag_run.c.id, dag_run.c.dag_id)
    .where(dag_run.c.wake_at <= bindparam("now"))
    .order_by(dag_run.c.wake_at, dag_run.c.id)
    .limit(bindparam("limit"))
)
_LOCK_DUE = (
    select(dag_run)
    .where(dag_run.c.id.in_(bindparam("pks", expanding=True)))
    .where(dag_run.c.wake_at <= bindparam("now"))
    .order_by(dag_run.c.wake_at, dag_run.c.id)
    .with_for_update(skip_locked=True)
)
NEXT_WAKE = select(func.min(dag_run.c.wake_at))
_SET_WAKE = update(dag_run).where(dag_run.c.id == bindparam("pk")).values(wake_at=bindparam("at"))
_STATES = select(
    task_instance.c.id,
    task_instance.c.task_id,
    task_instance.c.map_index,
    task_instance.c.state,
    task_instance.c.due_at,
    task_instance.c.skip_by,
).where(task_instance.c.run_pk == bindparam("pk"))
_STATE_NAMES = (
    select(task_instance.c.state).where(task_instance.c.run_pk == bindparam("pk")).distinct()
)
_BY_ID = select(task_instance).where(task_instance.c.id.in_(bindparam("ids", expanding=True)))
#: what moves and queueing need of a task instance, which is less than half of it
TO_QUEUE = tuple(
    task_instance.c[name]
    for name in (
        *("id", "run_pk", "dag_id", "task_id", "map_index", "state", "version", "start_date"),
        *("try_number", "attempt_number", "lost_count", "reschedules"),
        *("pool", "pool_slots", "queue", "priority_weight"),
    )
)
_TO_QUEUE_BY_ID = select(*TO_QUEUE).where(task_instance.c.id.in_(bindparam("ids", expanding=True)))
_RUNS_BY_PK = (
    select(dag_run).where(dag_run.c.id.in_(bindparam("pks", expanding=True))).order_by(dag_run.c.id)
)
_BY_NAME = select(dag_run).where(
    dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.run_id == bindparam("run_id")
)
_BY_SLOT = select(dag_run.c.id).where(
    dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.slot_key == bindparam("slot_key")
)
_ADD = insert(dag_run).values(state=RunState.QUEUED, version=1)
_ADD_TIS = insert(task_instance)
_COUNT_OPEN = (
    select(func.count())
    .select_from(dag_run)
    .where(
        dag_run.c.dag_id == bindparam("dag_id"),
        dag_run.c.run_type == RunType.SCHEDULED,
        dag_run.c.state.in_((RunState.QUEUED, RunState.RUNNING)),
    )
)
_LAST_INTERVAL = (
    select(dag_run.c.data_interval_start, dag_run.c.data_interval_end)
    .where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.run_type == RunType.SCHEDULED)
    .order_by(dag_run.c.logical_date.desc())
    .limit(1)
)
_FOLLOWING = (
    select(dag_run.c.id)
    .where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.logical_date > bindparam("date"))
    .where(dag_run.c.state == RunState.RUNNING)
    .order_by(dag_run.c.logical_date)
    .limit(1)
)
_FOLLOWING_MADE_BY_NOBODY = _FOLLOWING.where(dag_run.c.run_type != RunType.MANUAL)
_TIS = select(task_instance).where(task_instance.c.run_pk == bindparam("pk"))
_FIRST_QUEUED = (
    select(dag_run.c.id, dag_run.c.run_after)
    .where(dag_run.c.dag_id == bindparam("dag_id"), dag_run.c.state == RunState.QUEUED)
    .where(dag_run.c.run_type != "backfill")  # these wait for their backfill's own room
    .order_by(dag_run.c.run_after, dag_run.c.id)
    .limit(1)
)


def find_run(tx: Tx, dag_id: str, run_id: str) -> Any | None:
    """Return one run, or None."""
    return tx.first(_BY_NAME, {"dag_id": dag_id, "run_id": run_id})


def get_run(tx: Tx, dag_id: str, run_id: str) -> Any:
    """Return one run."""
    row = find_run(tx, dag_id, run_id)
    if row is None:
        raise NotFound(f"DAG {dag_id!r} has no run {run_id!r}.")
    return row


def find_slot(tx: Tx, dag_id: str, slot_key: str) -> Any | None:
    """Return the run of one slot of the schedule."""
    return tx.first(_BY_SLOT, {"dag_id": dag_id, "slot_key": slot_key})


def add_run(tx: Tx, values: dict[str, Any], tasks: Sequence[dict[str, Any]], actor: str) -> int:
    """Insert a queued run with a task instance for each of `tasks`; return its id.

    The run is due at once, or at its run_after.
    """
    wake_at = max(tx.now, values["run_after"])
    result = tx.execute(_ADD, {"queued_at": tx.now, "wake_at": wake_at, **values})
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


def put_off(tx: Tx, run_pk: int, until: datetime) -> None:
    """Have a queued run start at that time at the earliest."""
    tx.execute(_queued(run_pk).values(run_after=until, wake_at=until))


def set_manual_interval(tx: Tx, run_pk: int, due: datetime, answer: Any) -> None:
    """Store what a queued run covers by its DAG's own timetable, and let it start.

    Args:
        due: not before.
        answer: start and end in ISO form; another one leaves the interval as it is.
    """
    values: dict[str, Any] = {"run_after": due, "wake_at": max(tx.now, due)}
    if isinstance(answer, list) and len(answer) == 2:
        start, end = map(datetime.fromisoformat, answer)
        values |= {"data_interval_start": start, "data_interval_end": end}
    tx.execute(_queued(run_pk).values(**values))


def _queued(run_pk: int) -> Update:
    return update(dag_run).where(dag_run.c.id == run_pk, dag_run.c.state == RunState.QUEUED)


def add_task_instances(
    tx: Tx, run_pk: int, dag_id: str, version_id: int, tasks: Sequence[dict[str, Any]]
) -> None:
    """Insert not-started task instances, one of each task; a mapped one is expanded later."""
    rows = [_new_row(run_pk, dag_id, version_id, task) for task in tasks]
    if rows:
        tx.execute(_ADD_TIS, rows)


def add_instances(
    tx: Tx, run: Any, version_id: int, task: dict[str, Any], indexes: Iterable[int], like: Any
) -> None:
    """Insert not-started instances of one mapped task; `like` is one that is there already."""
    row = _new_row(run.id, run.dag_id, version_id, task)
    rows = [{**row, "map_index": index, "skip_by": like.skip_by} for index in indexes]
    if rows:
        tx.execute(_ADD_TIS, rows)


def _new_row(run_pk: int, dag_id: str, version_id: int, task: dict[str, Any]) -> dict[str, Any]:
    return {
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


def list_due(tx: Tx, limit: int) -> list[Any]:
    """Return the runs that have to be looked at, the longest waiting first.

    They are locked until the transaction ends, and their DAGs before them, see `limits`. Those that
    another transaction has locked are left for the next time.
    """
    found = tx.rows(_DUE, {"now": tx.now, "limit": limit})
    if not found:
        return []
    pks = [row.id for row in limits.leave_held(tx, found)]
    return tx.rows(_LOCK_DUE, {"pks": pks, "now": tx.now}) if pks else []


def set_wake(tx: Tx, run_pk: int, wake_at: datetime | None) -> None:
    """Say when a run has to be looked at again; None = when something happens to it."""
    tx.execute(_SET_WAKE, {"pk": run_pk, "at": wake_at})


def wake_no_later(tx: Tx, run_pk: int, at: datetime) -> None:
    """Have a run looked at by then, or before that where it waits for something earlier."""
    later = or_(dag_run.c.wake_at.is_(None), dag_run.c.wake_at > at)
    tx.execute(update(dag_run).where(dag_run.c.id == run_pk, later).values(wake_at=at))


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
    return tx.scalar(_COUNT_OPEN, {"dag_id": dag_id})


def list_tis(tx: Tx, run_pk: int) -> list[Any]:
    """Return all task instances of a run."""
    return tx.rows(_TIS, {"pk": run_pk})


def list_states(tx: Tx, run_pk: int) -> list[Any]:
    """Return what the rules look at of each task instance of a run."""
    return tx.rows(_STATES, {"pk": run_pk})


def list_states_of(tx: Tx, run_pk: int, task_id: str) -> list[Any]:
    """Return what the rules look at of each instance of one task of a run."""
    return tx.rows(_STATES.where(task_instance.c.task_id == task_id), {"pk": run_pk})


def list_state_names(tx: Tx, run_pk: int) -> set[str]:
    """Return the states that occur among the task instances of a run."""
    return {row.state for row in tx.rows(_STATE_NAMES, {"pk": run_pk})}


def list_tis_by_id(tx: Tx, ids: Sequence[int]) -> list[Any]:
    """Return task instances by their ids."""
    return tx.rows(_BY_ID, {"ids": list(ids)})


def list_to_queue(tx: Tx, ids: Sequence[int]) -> list[Any]:
    """Return of task instances, by their ids, what moves and queueing need."""
    return tx.rows(_TO_QUEUE_BY_ID, {"ids": list(ids)})


def find_ti(tx: Tx, run_pk: int, task_id: str, map_index: int = -1) -> Any | None:
    """Return one task instance, or None."""
    return tx.first(
        select(task_instance).where(
            task_instance.c.run_pk == run_pk,
            task_instance.c.task_id == task_id,
            task_instance.c.map_index == map_index,
        )
    )


def find_previous(tx: Tx, run: Any, *, manual_too: bool) -> Any | None:
    """Return the DAG's run before `run` by logical date, or None."""
    if run.logical_date is None:
        return None
    query = select(dag_run).where(
        dag_run.c.dag_id == run.dag_id, dag_run.c.logical_date < run.logical_date
    )
    if not manual_too:
        query = query.where(dag_run.c.run_type != RunType.MANUAL)
    return tx.first(query.order_by(dag_run.c.logical_date.desc()).limit(1))


def states_by_task(tx: Tx, run_pk: int) -> dict[str, set[str]]:
    """Return in which states the instances of each task of a run are."""
    found: dict[str, set[str]] = {}
    for row in tx.rows(_STATES, {"pk": run_pk}):
        found.setdefault(row.task_id, set()).add(row.state)
    return found


def which_ran_before(tx: Tx, run: Any, task_ids: Iterable[str]) -> set[str]:
    """Return those of `task_ids` that a run of the DAG with an earlier logical date has."""
    rows = tx.rows(
        select(task_instance.c.task_id)
        .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
        .where(task_instance.c.dag_id == run.dag_id, task_instance.c.task_id.in_(list(task_ids)))
        .where(dag_run.c.logical_date < run.logical_date)
        .distinct()
    )
    return {row.task_id for row in rows}


def wake_after(tx: Tx, run: Any) -> None:
    """Have the runs after `run` looked at that may depend on its tasks.

    These are the next one and, with catchup, the next that no person made.
    """
    if run.logical_date is None:
        return
    after = {"dag_id": run.dag_id, "date": run.logical_date}
    following = {tx.scalar(query, after) for query in (_FOLLOWING, _FOLLOWING_MADE_BY_NOBODY)}
    for run_pk in following - {None}:
        set_wake(tx, run_pk, tx.now)


def count_occupying(tx: Tx, dag_id: str, task_id: str, run_pk: int | None = None) -> int:
    """Count how many instances of one task hold a slot, in all runs or in one."""
    query = select(func.count()).select_from(task_instance)
    query = query.where(
        task_instance.c.dag_id == dag_id,
        task_instance.c.task_id == task_id,
        task_instance.c.state.in_(OCCUPYING),
    )
    return tx.scalar(query if run_pk is None else query.where(task_instance.c.run_pk == run_pk))


def list_left_out(tx: Tx, run_pk: int) -> list[Any]:
    """Return the task instances of a run that a branch left out."""
    return tx.rows(
        select(task_instance).where(
            task_instance.c.run_pk == run_pk, task_instance.c.skip_by.is_not(None)
        )
    )


def leave_out(tx: Tx, ti_ids: Sequence[int], branch: str | None) -> None:
    """Note which branch has left these task instances out; None = they are decided anew."""
    if ti_ids:
        tx.execute(
            update(task_instance).where(task_instance.c.id.in_(ti_ids)).values(skip_by=branch)
        )


def set_version(tx: Tx, run_pk: int, version_id: int) -> None:
    """Note that a run follows another version of its DAG from now on."""
    tx.execute(update(dag_run).where(dag_run.c.id == run_pk).values(dag_version_id=version_id))


def list_by_pk(tx: Tx, run_pks: set[int]) -> list[Any]:
    """Return runs by their ids, in that order."""
    return tx.rows(_RUNS_BY_PK, {"pks": list(run_pks)})


def last_interval(tx: Tx, dag_id: str) -> tuple[datetime, datetime] | None:
    """Return the data interval of the DAG's latest scheduled run, or None."""
    row = tx.first(_LAST_INTERVAL, {"dag_id": dag_id})
    return (row.data_interval_start, row.data_interval_end) if row else None
