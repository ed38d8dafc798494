"""What may be forgotten: old rows that are over, which nothing refers to that is still open.

Each kind is looked through by id, a piece at a time. The newest row of a table stays, whatever its
age: SQLite would give its id to another one.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, Table, and_, delete, exists, func, select, true

from couture_scheduler.db.automation import (
    asset_event,
    asset_queue,
    asset_run,
    backfill,
    backfill_run,
    callback,
    mail,
    sla_miss,
)
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import audit, dag_run, history
from couture_scheduler.states import RUN_FINISHED, CallbackState, MailState
from couture_scheduler.store import old_runs

_OPEN = dag_run.c.state.not_in(RUN_FINISHED)


@dataclass(frozen=True)
class _Older:
    moment: Any

    def than(self, before: datetime) -> ColumnElement[bool]:
        return self.moment < before


@dataclass(frozen=True)
class Piece:
    """Some rows of one kind.

    Attributes:
        rows: what may go.
        after: where the next piece begins; None = there is none.
    """

    rows: Sequence[Any]
    after: Any | None


@dataclass(frozen=True)
class Kind:
    """One kind of things that are forgotten.

    Attributes:
        find: gives a piece of them; called as (tx, before, after, limit).
        check: leaves of ids those that may go still, their rows locked; called as (tx, before, ids).
        forget: deletes rows by their ids; False = there was too much for one transaction, more is
            left.
    """

    find: Callable[[Tx, datetime, Any | None, int], Piece]
    check: Callable[[Tx, datetime, Collection[Any]], Sequence[Any]]
    forget: Callable[[Tx, Collection[Any]], bool]


def _simple(
    table: Table,
    *is_over: Any,
    columns: Sequence[Any] = (),
    forget: Callable[[Tx, Collection[Any]], bool] | None = None,
) -> Kind:
    """Return a kind whose rows are judged one by one.

    Args:
        is_over: what holds of a row that may go; `_Older` is compared with the date.
        columns: what else is read of a row.
    """
    newest = select(func.max(table.c.id)).scalar_subquery()
    query = select(table.c.id, *columns).order_by(table.c.id)
    if not isinstance(table.c.id.type, String):
        query = query.where(table.c.id < newest)

    def find(tx: Tx, before: datetime, after: Any | None, limit: int) -> Piece:
        begin = true() if after is None else table.c.id > after
        rows = tx.rows(query.where(begin, *_dated(is_over, before)).limit(limit))
        return Piece(rows, rows[-1].id if len(rows) == limit else None)

    def check(tx: Tx, before: datetime, ids: Collection[Any]) -> Sequence[Any]:
        mine = query.where(table.c.id.in_(ids), *_dated(is_over, before))
        return tx.rows(mine.with_for_update(skip_locked=True))

    return Kind(find, check, forget or partial(_forget_rows, table))


def _dated(conditions: Sequence[Any], before: datetime) -> list[ColumnElement[bool]]:
    return [one.than(before) if isinstance(one, _Older) else one for one in conditions]


def _forget_rows(table: Table, tx: Tx, ids: Collection[Any]) -> bool:
    tx.execute(delete(table).where(table.c.id.in_(ids)))
    return True


def _forget_backfills(tx: Tx, ids: Collection[Any]) -> bool:
    tx.execute(delete(backfill_run).where(backfill_run.c.backfill_id.in_(ids)))
    return _forget_rows(backfill, tx, ids)


def runs_of(dag_id: str, keep_runs: int = 0) -> Kind:
    """Return the runs of one DAG as a kind.

    Args:
        keep_runs: how many of the newest stay; what is beyond goes, whatever the date. 0 = any.
    """

    def old(tx: Tx, before: datetime) -> old_runs.Old:
        beyond = old_runs.first_beyond(tx, dag_id, keep_runs) if keep_runs else None
        return old_runs.Old(before, dag_id, beyond)

    return _runs(old)


def _runs(old: Callable[[Tx, datetime], old_runs.Old]) -> Kind:
    def find(tx: Tx, before: datetime, after: Any | None, limit: int) -> Piece:
        rows = old_runs.list_over(tx, old(tx, before), after, limit)
        more = rows[-1].id if len(rows) == limit else None
        return Piece(old_runs.leave_needed(tx, rows), more)

    def check(tx: Tx, before: datetime, ids: Collection[Any]) -> Sequence[Any]:
        return old_runs.leave_needed(tx, old_runs.lock_over(tx, old(tx, before), ids))

    return Kind(find, check, old_runs.forget)


def _of_open_run(table: Table) -> ColumnElement[bool]:
    same = and_(dag_run.c.dag_id == table.c.dag_id, dag_run.c.run_id == table.c.run_id)
    return exists().where(same, _OPEN)


_LATER = asset_event.alias("later")
KINDS: dict[str, Kind] = {
    "mail": _simple(
        mail,
        mail.c.state.in_((MailState.SENT, MailState.UNSENT)),
        _Older(func.coalesce(mail.c.ended_at, mail.c.created_at)),
        ~_of_open_run(mail),
    ),
    "callback": _simple(
        callback,
        callback.c.state.not_in((CallbackState.QUEUED, CallbackState.RUNNING)),
        _Older(func.coalesce(callback.c.ended_at, callback.c.created_at)),
        ~exists().where(dag_run.c.id == callback.c.run_pk, _OPEN),
        columns=(
            callback.c.dag_id,
            select(dag_run.c.run_id)
            .where(dag_run.c.id == callback.c.run_pk)
            .scalar_subquery()
            .label("run_id"),
        ),
    ),
    "sla_miss": _simple(sla_miss, _Older(sla_miss.c.at), ~_of_open_run(sla_miss)),
    "backfill": _simple(
        backfill,
        _Older(backfill.c.completed_at),
        ~exists().where(
            backfill_run.c.backfill_id == backfill.c.id,
            backfill_run.c.run_pk == dag_run.c.id,
            _OPEN,
        ),
        forget=_forget_backfills,
    ),
    "dag_run": _runs(lambda _, before: old_runs.Old(before)),
    "asset_event": _simple(
        asset_event,
        _Older(asset_event.c.at),
        exists().where(_LATER.c.asset_id == asset_event.c.asset_id, _LATER.c.id > asset_event.c.id),
        ~exists().where(asset_queue.c.event_id == asset_event.c.id),
        ~exists().where(asset_run.c.event_id == asset_event.c.id),
    ),
    "history": _simple(history, _Older(history.c.at)),
    "audit": _simple(audit, _Older(audit.c.at)),
}
"""In the order in which they are forgotten: what refers to others goes first."""

ASKED_FOR_ONLY = ("audit",)
