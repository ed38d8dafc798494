"""Old runs: which of them nothing needs any more, and deleting them with all that is theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    Text,
    and_,
    case,
    delete,
    false,
    func,
    or_,
    select,
    type_coerce,
    update,
)

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
from couture_scheduler.db.tables import (
    attempt,
    dag,
    dag_run,
    dag_version,
    rendered,
    task_instance,
    xcom,
)
from couture_scheduler.states import (
    OCCUPYING,
    RUN_FINISHED,
    CallbackState,
    MailState,
    RunState,
    RunType,
    TaskState,
)
from couture_scheduler.store import limits, runs

DELETED = "deleted"  #: why a date of a backfill has no run any more
_COLUMNS = (dag_run.c.id, dag_run.c.dag_id, dag_run.c.run_id, dag_run.c.logical_date)
_ended_at = func.coalesce(dag_run.c.end_date, dag_run.c.run_after)
_OPEN = (RunState.QUEUED, RunState.RUNNING)
_AT_ONCE = 100  #: task instances, or XComs, in one transaction
_CHILD = "trigger_run_id"  #: XCom of a task that starts a run of another DAG


@dataclass(frozen=True)
class Old:
    """Which ended runs are old: those that were over `before`, and those beyond the newest ones.

    Attributes:
        dag_id: of which DAG; None = of all.
        up_to: run_after and id of the newest run that its DAG has too many of.
    """

    before: datetime | None = None
    dag_id: str | None = None
    up_to: tuple[datetime, int] | None = None

    def runs(self) -> Any:
        """Return the query for them."""
        query = select(*_COLUMNS).where(
            dag_run.c.state.in_(RUN_FINISHED), or_(false(), *self._reasons())
        )
        if self.dag_id is not None:
            query = query.where(dag_run.c.dag_id == self.dag_id)
        return query.order_by(dag_run.c.id)

    def _reasons(self) -> list[Any]:
        after, found = dag_run.c.run_after, []
        if self.before is not None:
            found.append(and_(after < self.before, _ended_at < self.before))
        if self.up_to is not None:
            moment, run_pk = self.up_to
            found.append(or_(after < moment, and_(after == moment, dag_run.c.id <= run_pk)))
        return found


def first_beyond(tx: Tx, dag_id: str, count: int) -> tuple[datetime, int] | None:
    """Return the newest run of a DAG that is not among its newest `count`, or None."""
    newest = select(dag_run.c.run_after, dag_run.c.id).where(dag_run.c.dag_id == dag_id)
    newest = newest.order_by(dag_run.c.run_after.desc(), dag_run.c.id.desc())
    row = tx.first(newest.limit(1).offset(count))
    return None if row is None else (row.run_after, row.id)


def list_kept(tx: Tx) -> list[tuple[str, dict[str, Any]]]:
    """Return every DAG with its file's data where that may say how long its runs are kept."""
    says = type_coerce(dag_version.c.data, Text).contains('"keep_')
    query = select(dag.c.dag_id, case((says, dag_version.c.data)).label("data")).outerjoin(
        dag_version, dag_version.c.id == dag.c.version_id
    )
    return [(row.dag_id, row.data or {}) for row in tx.rows(query.order_by(dag.c.dag_id))]


def list_over(tx: Tx, old: Old, after: int | None, limit: int) -> list[Any]:
    """Return old runs, by id."""
    return tx.rows(old.runs().where(dag_run.c.id > (after or 0)).limit(limit))


def lock_over(tx: Tx, old: Old, run_pks: Collection[int]) -> list[Any]:
    """Return those of some runs that are old still; nobody changes them or their DAGs meanwhile."""
    found = tx.rows(old.runs().where(dag_run.c.id.in_(run_pks)))
    limits.lock_dags(tx, sorted({row.dag_id for row in found}))
    mine = old.runs().where(dag_run.c.id.in_([row.id for row in found]))
    return tx.rows(mine.with_for_update(skip_locked=True))


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
    still_open = select(dag_run).where(dag_run.c.dag_id == dag_id, dag_run.c.state.in_(_OPEN))
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
    of_open = of_open.where(dag_run.c.state.in_(_OPEN))
    pushed: dict[tuple[int, str, int], dict[str, str]] = {}
    for row in tx.rows(of_open.where(xcom.c.key.in_(("trigger_dag_id", _CHILD)))):
        one = pushed.setdefault((row.run_pk, row.task_id, row.map_index), {})
        one[row.key] = (row.value or "").strip('"')
    return {(one.get("trigger_dag_id", ""), one.get(_CHILD, "")) for one in pushed.values()}


def forget(tx: Tx, run_pks: Collection[int]) -> bool:
    """Delete runs with all that belongs to them, as much as one transaction may; their files are not.

    Returns:
        Whether nothing of them is left.
    """
    xcoms = tx.scalars(select(xcom.c.id).where(xcom.c.run_pk.in_(run_pks)).limit(_AT_ONCE))
    _delete(tx, xcom.c.id, xcoms)
    mine = select(task_instance.c.id).where(task_instance.c.run_pk.in_(run_pks))
    instances = tx.scalars(mine.limit(_AT_ONCE))
    attempts = tx.scalars(select(attempt.c.id).where(attempt.c.ti_id.in_(instances)))
    _delete(tx, rendered.c.attempt_id, attempts)
    _delete(tx, attempt.c.id, attempts)
    _delete(tx, task_instance.c.id, instances)
    if len(xcoms) == _AT_ONCE or len(instances) == _AT_ONCE:
        return False
    _forget_runs(tx, run_pks)
    return True


def _delete(tx: Tx, key: Any, values: Sequence[Any]) -> None:
    if values:
        tx.execute(delete(key.table).where(key.in_(values)))


def _forget_runs(tx: Tx, run_pks: Collection[int]) -> None:
    for query in (
        delete(callback).where(callback.c.run_pk.in_(run_pks)),
        delete(asset_run).where(asset_run.c.run_pk.in_(run_pks)),
        update(backfill_run)
        .where(backfill_run.c.run_pk.in_(run_pks))
        .values(run_pk=None, left_out=DELETED),
        delete(dag_run).where(dag_run.c.id.in_(run_pks)),
    ):
        tx.execute(query)
