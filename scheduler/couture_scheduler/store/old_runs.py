"""Old runs: which of them nothing needs any more, and deleting them with all that is theirs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update

from couture_scheduler.db.automation import (
    asset_event,
    asset_queue,
    asset_run,
    backfill,
    backfill_run,
    callback,
    mail,
)
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import attempt, dag_run, rendered, task_instance, xcom
from couture_scheduler.states import (
    OCCUPYING,
    RUN_FINISHED,
    CallbackState,
    MailState,
    RunType,
    TaskState,
)
from couture_scheduler.store import limits, runs

DELETED = "deleted"  #: why a date of a backfill has no run any more
_COLUMNS = (dag_run.c.id, dag_run.c.dag_id, dag_run.c.run_id, dag_run.c.logical_date)
_ended_at = func.coalesce(dag_run.c.end_date, dag_run.c.run_after)
_CHILD = "trigger_run_id"  #: XCom of a task that starts a run of another DAG


def list_over(tx: Tx, before: datetime, after: int | None, limit: int) -> list[Any]:
    """Return ended runs that were over `before`, by id."""
    return tx.rows(_over(before).where(dag_run.c.id > (after or 0)).limit(limit))


def lock_over(tx: Tx, before: datetime, run_pks: Collection[int]) -> list[Any]:
    """Return those of some runs that are over still; nobody changes them or their DAGs meanwhile."""
    found = tx.rows(_over(before).where(dag_run.c.id.in_(run_pks)))
    limits.lock_dags(tx, sorted({row.dag_id for row in found}))
    mine = _over(before).where(dag_run.c.id.in_([row.id for row in found]))
    return tx.rows(mine.with_for_update(skip_locked=True))


def _over(before: datetime) -> Any:
    return (
        select(*_COLUMNS)
        .where(dag_run.c.state.in_(RUN_FINISHED), dag_run.c.run_after < before, _ended_at < before)
        .order_by(dag_run.c.id)
    )


def leave_needed(tx: Tx, rows: Sequence[Any]) -> list[Any]:
    """Return those runs that nothing needs: the schedule, an open run, what is still to happen."""
    if not rows:
        return []
    pks = [row.id for row in rows]
    needed = {tx.scalar(select(func.max(dag_run.c.id)))}
    for query in (*_by_automation(pks), *_by_tasks(pks)):
        needed |= set(tx.connection.execute(query).scalars())
    for dag_id in {row.dag_id for row in rows}:
        needed |= _of_schedule(tx, dag_id)
    named = _named(tx)
    return [row for row in rows if row.id not in needed and (row.dag_id, row.run_id) not in named]


def _of_schedule(tx: Tx, dag_id: str) -> set[int | None]:
    """Return a DAG's newest runs, which its next one follows, and those before its open ones."""
    mine = select(dag_run.c.id).where(dag_run.c.dag_id == dag_id)
    by_date = mine.where(dag_run.c.logical_date.is_not(None)).order_by(
        dag_run.c.logical_date.desc()
    )
    found = {
        tx.scalar(mine.order_by(dag_run.c.run_after.desc(), dag_run.c.id.desc()).limit(1)),
        tx.scalar(by_date.limit(1)),
        tx.scalar(by_date.where(dag_run.c.run_type != RunType.MANUAL).limit(1)),
        tx.scalar(by_date.where(dag_run.c.run_type == RunType.SCHEDULED).limit(1)),
    }
    still_open = select(dag_run).where(
        dag_run.c.dag_id == dag_id, dag_run.c.state.not_in(RUN_FINISHED)
    )
    for run in tx.rows(still_open):
        for manual_too in (True, False):
            before = runs.find_previous(tx, run, manual_too=manual_too)
            found.add(before.id if before else None)
    return found


def _by_automation(pks: Sequence[int]) -> list[Select[Any]]:
    """Return queries for runs of an open backfill or its dates, or with a callback to be called."""
    is_open = backfill.c.completed_at.is_(None)
    of_backfill = (
        select(backfill_run.c.run_pk)
        .join(backfill, backfill.c.id == backfill_run.c.backfill_id)
        .where(backfill_run.c.run_pk.in_(pks), is_open)
    )
    of_date = (
        select(dag_run.c.id)
        .join(backfill, backfill.c.dag_id == dag_run.c.dag_id)
        .join(backfill_run, backfill_run.c.backfill_id == backfill.c.id)
        .where(dag_run.c.id.in_(pks), is_open)
        .where(backfill_run.c.logical_date == dag_run.c.logical_date)
    )
    waiting = (CallbackState.QUEUED, CallbackState.RUNNING)
    of_callback = select(callback.c.run_pk).where(
        callback.c.run_pk.in_(pks), callback.c.state.in_(waiting)
    )
    return [of_backfill, of_date, of_callback]


def _by_tasks(pks: Sequence[int]) -> list[Select[Any]]:
    """Return queries for runs a process of which may be alive, or a slot of which is held."""
    instances = select(task_instance.c.run_pk).where(task_instance.c.run_pk.in_(pks))
    alive = instances.join(attempt, attempt.c.ti_id == task_instance.c.id)
    held = (*OCCUPYING, TaskState.DEFERRED)
    return [
        alive.where(attempt.c.live_ti_id.is_not(None)),
        instances.where(task_instance.c.state.in_(held)),
    ]


def _named(tx: Tx) -> set[tuple[str, str]]:
    """Return runs by name: that a mail or queued asset event tells of, or an open run has started."""
    mails = select(mail.c.dag_id, mail.c.run_id).where(
        mail.c.state.in_((MailState.WAITING, MailState.SENDING))
    )
    sources = select(asset_event.c.source_dag_id, asset_event.c.source_run_id).join(
        asset_queue, asset_queue.c.event_id == asset_event.c.id
    )
    pairs = {tuple(row) for query in (mails, sources) for row in tx.rows(query.distinct())}
    return pairs | _children(tx)


def _children(tx: Tx) -> set[tuple[str, str]]:
    """Return the runs that tasks of open runs have started, which they may be waiting for."""
    of_open = select(xcom).join(dag_run, dag_run.c.id == xcom.c.run_pk)
    of_open = of_open.where(dag_run.c.state.not_in(RUN_FINISHED))
    pushed: dict[tuple[int, str, int], dict[str, str]] = {}
    for row in tx.rows(of_open.where(xcom.c.key.in_(("trigger_dag_id", _CHILD)))):
        one = pushed.setdefault((row.run_pk, row.task_id, row.map_index), {})
        one[row.key] = (row.value or "").strip('"')
    return {(one.get("trigger_dag_id", ""), one.get(_CHILD, "")) for one in pushed.values()}


def forget(tx: Tx, run_pks: Collection[int]) -> None:
    """Delete runs with all that belongs to them; their files are the caller's."""
    instances = select(task_instance.c.id).where(task_instance.c.run_pk.in_(run_pks))
    attempts = select(attempt.c.id).where(attempt.c.ti_id.in_(instances))
    for query in (
        delete(rendered).where(rendered.c.attempt_id.in_(attempts)),
        delete(attempt).where(attempt.c.ti_id.in_(instances)),
        delete(xcom).where(xcom.c.run_pk.in_(run_pks)),
        delete(callback).where(callback.c.run_pk.in_(run_pks)),
        delete(asset_run).where(asset_run.c.run_pk.in_(run_pks)),
        update(backfill_run)
        .where(backfill_run.c.run_pk.in_(run_pks))
        .values(run_pk=None, left_out=DELETED),
        delete(task_instance).where(task_instance.c.run_pk.in_(run_pks)),
        delete(dag_run).where(dag_run.c.id.in_(run_pks)),
    ):
        tx.execute(query)
