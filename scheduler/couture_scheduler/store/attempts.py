"""Attempts: queued by the scheduler, finished by an agent, each exactly once (see `claims`, too).

A queued row is the only order to run something; a doorbell merely says "look". The row's id is the
fencing token: whoever writes for an attempt names it, and a late answer matches no live row.
Slots of pool and DAG are held from `queue` until the attempt is over.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import attempt, dag_run, dag_version, task_instance
from couture_scheduler.states import ATTEMPT_LIVE, LIVE, STARTABLE, AttemptState, TaskState
from couture_scheduler.store import limits
from couture_scheduler.store.endings import FRESH, Ended, Ending, EndPolicy
from couture_scheduler.store.transition import AttemptMove, Move, move, move_attempts, record

A, T = AttemptState, TaskState
_LABEL_LIMIT = 250
_ADD = insert(attempt)


@dataclass(frozen=True)
class Queueing:
    """One task instance to be queued: its row, and what its attempt is to run."""

    row: Any
    run_id: str
    file_version_id: str
    dag_version_id: int


def queue(tx: Tx, batch: Sequence[Queueing], actor: str, executor: str) -> dict[str, str]:
    """Make attempts of task instances whose slots were taken already; return queues by tokens."""
    attempts, moves = [], []
    for one in batch:
        row = one.row
        token = uuid.uuid4().hex
        goes_on = row.lost_count or row.reschedules
        try_number = row.try_number if goes_on else row.try_number + 1
        attempts.append(
            {
                "id": token,
                "ti_id": row.id,
                "live_ti_id": row.id,
                "number": row.attempt_number + 1,
                "try_number": try_number,
                "state": A.QUEUED,
                "executor": executor,
                "queue": row.queue,
                "pool": row.pool,
                "pool_slots": row.pool_slots,
                "file_version_id": one.file_version_id,
                "dag_version_id": one.dag_version_id,
                "created_at": tx.now,
                "rung_at": tx.now,
            }
        )
        values = {
            "try_number": try_number,
            "attempt_number": row.attempt_number + 1,
            "queued_at": tx.now,
            "due_at": None,
            "reason": None,
            "start_date": row.start_date if row.reschedules else None,
            "end_date": None,
            "dag_version_id": one.dag_version_id,
        }
        moves.append(Move(row, T.QUEUED, one.run_id, values=values, token=token))
    move(tx, "task_instance", moves, actor)
    if attempts:
        tx.execute(_ADD, attempts)
    return {one["id"]: one["queue"] for one in attempts}


_SEEN = (
    attempt.c.id.label("token"),
    attempt.c.state.label("attempt_state"),
    attempt.c.wish,
    attempt.c.number,
    attempt.c.queue.label("attempt_queue"),
    attempt.c.pool.label("held_pool"),
    attempt.c.pool_slots.label("held_slots"),
    attempt.c.file_version_id,
    attempt.c.dag_version_id.label("attempt_dag_version_id"),
    attempt.c.host_epoch,
    attempt.c.pid.label("attempt_pid"),
    task_instance,
    dag_run.c.run_id,
)


WITH_INSTANCE = (
    select(*_SEEN)
    .join(task_instance, task_instance.c.id == attempt.c.ti_id)
    .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
)
_BY_TOKEN = WITH_INSTANCE.where(attempt.c.id.in_(bindparam("tokens", expanding=True)))
_WISHED = select(attempt.c.id, attempt.c.wish, attempt.c.state, attempt.c.host_id).where(
    attempt.c.wish.is_not(None), attempt.c.state.in_(ATTEMPT_LIVE)
)
_WAKE = update(dag_run).where(dag_run.c.id == bindparam("pk")).values(wake_at=bindparam("now"))


def list_live(tx: Tx, host_id: str, before_epoch: int) -> list[Any]:
    """Return what the host was running under an epoch that is over."""
    return tx.rows(
        WITH_INSTANCE.where(
            attempt.c.state == A.RUNNING,
            attempt.c.host_id == host_id,
            attempt.c.host_epoch < before_epoch,
        )
    )


def list_wished(tx: Tx) -> list[Any]:
    """Return live attempts that a person wants to end."""
    return tx.rows(_WISHED)


def find_many(tx: Tx, tokens: Sequence[str]) -> dict[str, Any]:
    """Return attempts with their task instances by token."""
    return {row.token: row for row in tx.rows(_BY_TOKEN, {"tokens": list(tokens)})}


def finish(tx: Tx, endings: Sequence[Ending], actor: str, policy: EndPolicy) -> list[str]:
    """Write how attempts ended, free their slots and wake their runs.

    An attempt that is over already is left as it is; the late answer is recorded.

    Returns:
        The tokens whose endings took effect.
    """
    rows = find_many(tx, [ending.token for ending in endings])
    limits.lock_dags(tx, {row.dag_id for row in rows.values()})
    _wake(tx, {row.run_pk for row in rows.values() if row.attempt_state in ATTEMPT_LIVE})
    settled: list[tuple[Any, Ending]] = []
    seen = set[str]()
    for ending in endings:
        row = rows.get(ending.token)
        is_first = ending.token not in seen
        seen.add(ending.token)
        if is_first and row is not None and row.attempt_state in ATTEMPT_LIVE:
            settled.append((row, ending))
        else:
            _record_late(tx, row, ending, actor)
    move_attempts(tx, [_closed(row, ending, tx.now) for row, ending in settled])
    set_pids(
        tx,
        {
            row.token: ending.pid
            for row, ending in settled
            if ending.pid not in (None, row.attempt_pid)
        },
    )
    moves = [_after(tx, row, ending, policy) for row, ending in settled]
    move(tx, "task_instance", [one for one in moves if one], actor)
    pairs = zip(settled, moves, strict=True)
    policy.follow_up(tx, [Ended(row, ending, one) for (row, ending), one in pairs if one])
    for row, ending in settled:
        if ending.skip and ending.state is A.SUCCESS:
            _mark_skipped(tx, row, ending.skip)
    for one in moves:
        if one and one.after == T.FAILED and (data := dag_data(tx, one.row)).get("fail_stop"):
            _stop_others(tx, one, data, actor)
    _free(tx, [row for row, _ in settled])
    return [ending.token for _, ending in settled]


def _closed(row: Any, ending: Ending, now: datetime) -> AttemptMove:
    values = {
        "live_ti_id": None,
        "ended_at": now,
        "reason": ending.reason,
        "error": ending.error,
        "exit_code": ending.exit_code,
    }
    return AttemptMove(row.token, row.attempt_state, ending.state, values)


def _record_late(tx: Tx, row: Any | None, ending: Ending, actor: str) -> None:
    record(
        tx,
        "attempt",
        ending.token,
        "late",
        actor,
        reason=f"{ending.state}: {ending.reason or ''}"[:500],
        dag_id=row.dag_id if row else None,
        task_id=row.task_id if row else None,
        token=ending.token,
    )


def _after(tx: Tx, row: Any, ending: Ending, policy: EndPolicy) -> Move | None:
    """Return the task instance's move that follows from its attempt's ending."""
    if row.state not in (T.RUNNING, T.QUEUED, T.RESTARTING):
        return None
    if row.wish and row.wish != "restart":  # the last word of a person, be it after a clear
        return _ended(tx, row, TaskState(row.wish), ending)
    if row.wish or row.state == T.RESTARTING:
        return _cleared(tx, row)
    if ending.state is A.LOST:
        return _lost(tx, row, ending, policy)
    if ending.state in (A.RESCHEDULED, A.DEFERRED):
        return _to_be_continued(row, ending)
    if ending.state is A.FAILED and ending.retry and row.try_number <= row.max_tries:
        return _retry(tx, row, ending, policy)
    return _ended(tx, row, TaskState(ending.state), ending)


def _cleared(tx: Tx, row: Any) -> Move:
    values = {"end_date": tx.now, "reason": None, **FRESH}
    return Move(row, T.NONE, row.run_id, "cleared", values, row.token)


def _to_be_continued(row: Any, ending: Ending) -> Move:
    """The try goes on in another attempt once it is due; no process waits for that."""
    values = {
        "reason": ending.reason,
        "lost_count": 0,
        "reschedules": row.reschedules + 1,
        "next_method": ending.next_method,
        "next_kwargs": ending.next_kwargs,
        "due_at": ending.reschedule_at,
    }
    state = T.DEFERRED if ending.state is A.DEFERRED else T.UP_FOR_RESCHEDULE
    return Move(row, state, row.run_id, ending.reason, values, row.token)


def _ended(tx: Tx, row: Any, state: TaskState, ending: Ending) -> Move:
    values = {"end_date": tx.now, "reason": ending.reason, **FRESH}
    if ending.rendered_map_index is not None:
        values["rendered_map_index"] = ending.rendered_map_index[:_LABEL_LIMIT]
    return Move(row, state, row.run_id, ending.reason, values, row.token)


def _lost(tx: Tx, row: Any, ending: Ending, policy: EndPolicy) -> Move:
    lost = row.lost_count + 1
    if lost > policy.max_lost or not retries_if_lost(tx, row):
        return _ended(tx, row, T.FAILED, ending)
    values = {"lost_count": lost, "reason": ending.reason, "due_at": policy.lost_at(lost, tx.now)}
    return Move(row, T.NONE, row.run_id, ending.reason, values, row.token)


def _retry(tx: Tx, row: Any, ending: Ending, policy: EndPolicy) -> Move:
    due = policy.retry_at(task_data(tx, row), row.try_number, tx.now, row.token)
    values = {"end_date": tx.now, "reason": ending.reason, **FRESH, "due_at": due}
    return Move(row, T.UP_FOR_RETRY, row.run_id, ending.reason, values, row.token)


def task_data(tx: Tx, row: Any) -> dict[str, Any]:
    """Return the task's definition in the version that the attempt runs; {} if it is not there."""
    for task in dag_data(tx, row).get("tasks", ()):
        if task["task_id"] == row.task_id:
            return task
    return {}


def dag_data(tx: Tx, row: Any) -> dict[str, Any]:
    """Return the DAG's definition in the version that the attempt runs."""
    query = select(dag_version.c.data).where(dag_version.c.id == row.attempt_dag_version_id)
    return tx.scalar(query) or {}


def retries_if_lost(tx: Tx, row: Any) -> bool:
    """Say whether the task allows to be started again after its host lost it."""
    return task_data(tx, row).get("retry_if_lost", True)


def _mark_skipped(tx: Tx, row: Any, tasks: Sequence[str]) -> None:
    """Note what a branch left out; one in a mapped group decides for its own index only."""
    of_run = update(task_instance).where(task_instance.c.run_pk == row.run_pk)
    if row.map_index >= 0:
        of_run = of_run.where(task_instance.c.map_index == row.map_index)
    tx.execute(of_run.where(task_instance.c.skip_by == row.task_id).values(skip_by=None))
    tx.execute(of_run.where(task_instance.c.task_id.in_(tasks)).values(skip_by=row.task_id))


def _free(tx: Tx, rows: Sequence[Any]) -> None:
    pools = Counter[str]()
    dags = Counter[str]()
    for row in rows:
        pools[row.held_pool] -= row.held_slots
        dags[row.dag_id] -= 1
    limits.add(tx, pools, dags)


def _wake(tx: Tx, run_pks: set[int]) -> None:
    if run_pks:
        tx.execute(_WAKE, [{"pk": run_pk, "now": tx.now} for run_pk in sorted(run_pks)])


def wish(tx: Tx, ti_id: int, what: str) -> bool:
    """Ask for the live attempt of a task instance to end; say whether there is one."""
    query = update(attempt).where(attempt.c.live_ti_id == ti_id)
    result = tx.execute(query.values(wish=str(what)))
    return result.rowcount == 1


def wish_by_token(tx: Tx, token: str, what: str, states: Iterable[AttemptState]) -> bool:
    """Ask for one attempt to end that is in one of some states; say whether it is."""
    named = update(attempt).where(attempt.c.id == token, attempt.c.state.in_(states))
    return tx.execute(named.values(wish=str(what))).rowcount == 1


def end_rest(tx: Tx, run: Any, rows: Sequence[Any], live: TaskState, why: str, actor: str) -> bool:
    """Skip what has not begun of `rows` and ask for the others' attempts to end as `live`.

    Returns:
        Whether a live attempt is to end: its agent has to be told.
    """
    values = {"end_date": tx.now, "reason": why, **FRESH}
    waiting = [row for row in rows if row.state in STARTABLE]
    skipped = [Move(row, T.SKIPPED, run.run_id, why, values) for row in waiting]
    move(tx, "task_instance", skipped, actor)
    asked = [wish(tx, row.id, live) for row in rows if row.state in LIVE]
    return any(asked)


def _stop_others(tx: Tx, failed: Move, data: dict[str, Any], actor: str) -> None:
    """fail_stop: the first task that fails ends all others of its run but the teardowns."""
    kept = {task["task_id"] for task in data["tasks"] if task.get("is_teardown")}
    query = select(task_instance).where(task_instance.c.run_pk == failed.row.run_pk)
    rows = [row for row in tx.rows(query) if row.task_id not in kept and row.id != failed.row.id]
    why = f"{failed.row.task_id} failed, and the DAG stops at its first failure (fail_stop)."
    queued = [row for row in rows if row.state == T.QUEUED]
    begun = [row for row in rows if row.state != T.QUEUED]
    end_rest(tx, failed.row, begun, T.FAILED, why, actor)
    end_rest(tx, failed.row, queued, T.SKIPPED, why, actor)


def forget_lost(tx: Tx, ti_id: int, values: dict[str, Any]) -> None:
    """Have a task instance that waits to be started again after a loss start as a new try."""
    of_it = update(task_instance).where(task_instance.c.id == ti_id)
    tx.execute(of_it.where(task_instance.c.state == T.NONE).values(**values))


def set_pids(tx: Tx, pids: Mapping[str, int]) -> None:
    """Record the pids of attempts by their tokens, all in one statement."""
    if not pids:
        return
    tokens = sorted(pids)
    names = {f"t{number}": token for number, token in enumerate(tokens)}
    values = {f"p{number}": pids[token] for number, token in enumerate(tokens)}
    cases = " ".join(f"WHEN :t{number} THEN :p{number}" for number in range(len(tokens)))
    named = ", ".join(f":{name}" for name in names)
    statement = f"UPDATE attempt SET pid = CASE id {cases} END WHERE id IN ({named})"  # noqa: S608
    tx.execute(text(statement), names | values)
