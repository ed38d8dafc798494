"""The one place that writes a state: compare-and-set on (state, version), plus a history row.

A move that is not in the tables of `states`, or whose row changed since it was read, raises and
thereby rolls the caller's transaction back. Other columns may be set along with the state.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Update, bindparam, insert, update

from couture_scheduler.db.automation import callback, mail
from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import attempt, dag_run, history, task_instance
from couture_scheduler.errors import StaleState
from couture_scheduler.states import (
    ATTEMPT_MOVES,
    CALLBACK_MOVES,
    MAIL_MOVES,
    RUN_MOVES,
    TASK_MOVES,
    TaskState,
    is_legal,
)
from couture_scheduler.store import limits

_KINDS = {
    "task_instance": (task_instance, TASK_MOVES),
    "dag_run": (dag_run, RUN_MOVES),
}
_RECORD = insert(history)
_STEPS = {"callback": (callback, CALLBACK_MOVES), "mail": (mail, MAIL_MOVES)}


S = TypeVar("S", "Move", "AttemptMove")


class IllegalMove(Exception):
    """A programming error: the step is in no table of legal moves."""


@dataclass(frozen=True)
class Move:
    """One step of one task instance or DAG run.

    Attributes:
        row: the row as read; needs id, state, version, dag_id and, of a task instance, task_id,
            map_index and try_number; of one that is or becomes deferred pool and pool_slots.
        after: the state to go to.
        values: further columns to set.
        token: the attempt that caused it.
    """

    row: Any
    after: str
    run_id: str
    reason: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    token: str | None = None


def move(tx: Tx, kind: str, moves: Sequence[Move], actor: str) -> None:
    """Make all `moves` of one kind, or none.

    Raises:
        IllegalMove: a step is not in the table.
        StaleState: a row was changed by somebody else since it was read.
    """
    _, legal = _KINDS[kind]
    for one in moves:
        if not is_legal(legal, one.row.state, one.after):
            raise IllegalMove(f"{kind} {one.row.id}: {one.row.state} -> {one.after}")
    for alike in _alike(moves, lambda one: (one.row.state, one.after, one.row.version)):
        statement = _move_statement(kind, tuple(alike[0].values), len(alike) == 1)
        keys = [one.row.id for one in alike]
        _change(tx, statement, keys, _parameters(alike[0]), f"{kind}s")
    if moves:
        tx.execute(_RECORD, [_history(tx, kind, one, actor) for one in moves])
        _count_deferred(tx, moves)


def _count_deferred(tx: Tx, moves: Sequence[Move]) -> None:
    """Keep the pools' counters of deferred slots: here, where no move can be missed."""
    pools = Counter[str]()
    for one in moves:
        step = (one.after == TaskState.DEFERRED) - (one.row.state == TaskState.DEFERRED)
        if step:
            pools[one.row.pool] += step * one.row.pool_slots
    limits.add_deferred(tx, pools)


@dataclass(frozen=True)
class AttemptMove:
    """One step of an attempt; its token and the state that was read are the guard."""

    token: str
    before: str
    after: str
    values: dict[str, Any] = field(default_factory=dict)


def move_attempts(tx: Tx, steps: Sequence[AttemptMove]) -> None:
    """Make all `steps`, or none.

    Raises:
        IllegalMove: a step is not in the table.
        StaleState: an attempt is not in the state that was read.
    """
    for step in steps:
        if not is_legal(ATTEMPT_MOVES, step.before, step.after):
            raise IllegalMove(f"attempt {step.token}: {step.before} -> {step.after}")
    for alike in _alike(steps, lambda step: (step.before, step.after)):
        first = alike[0]
        parameters = {
            "_before": str(first.before),
            "_after": str(first.after),
            **{f"v_{name}": value for name, value in first.values.items()},
        }
        statement = _attempt_statement(tuple(first.values), len(alike) == 1)
        _change(tx, statement, [step.token for step in alike], parameters, "attempts")


def step(tx: Tx, kind: str, row: Any, after: str, **values: Any) -> bool:
    """Move one callback or mail on and say whether it still was in the state that was read.

    Args:
        row: as read; its `claim` is a guard too where it has one.

    Raises:
        IllegalMove: the step is not in the table.
    """
    table, legal = _STEPS[kind]
    if not is_legal(legal, row.state, after):
        raise IllegalMove(f"{kind} {row.id}: {row.state} -> {after}")
    query = update(table).where(table.c.id == row.id, table.c.state == row.state)
    if "claim" in table.c:
        query = query.where(table.c.claim.is_not_distinct_from(row.claim))
    return tx.execute(query.values({**values, "state": after})).rowcount == 1


def record(
    tx: Tx, kind: str, entity_id: object, after: str, actor: str, seq: int = 0, **columns: Any
) -> None:
    """Add a history row for something that is no move (a new version, a late answer, a creation)."""
    tx.execute(
        _RECORD,
        [
            {
                "kind": kind,
                "entity_id": str(entity_id),
                "seq": seq,
                "after": after,
                "actor": actor,
                "at": tx.now,
                **columns,
            }
        ],
    )


@cache
def _move_statement(kind: str, columns: tuple[str, ...], alone: bool) -> Update:
    table, _ = _KINDS[kind]
    return (
        update(table)
        .where(
            _is_among(table.c.id, alone),
            table.c.state == bindparam("_before"),
            table.c.version == bindparam("_version"),
        )
        .values(
            state=bindparam("_after"),
            version=bindparam("_next"),
            **{name: bindparam(f"v_{name}") for name in columns},
        )
    )


@cache
def _attempt_statement(columns: tuple[str, ...], alone: bool) -> Update:
    return (
        update(attempt)
        .where(
            _is_among(attempt.c.id, alone),
            attempt.c.state == bindparam("_before"),
        )
        .values(state=bindparam("_after"), **{name: bindparam(f"v_{name}") for name in columns})
    )


def _is_among(column: Column[Any], alone: bool) -> ColumnElement[bool]:
    """Compare with one key, or with many: a list is written into the statement anew each time."""
    return column == bindparam("_keys") if alone else column.in_(bindparam("_keys", expanding=True))


def _change(
    tx: Tx, statement: Update, keys: list[Any], parameters: dict[str, Any], what: str
) -> None:
    among = keys[0] if len(keys) == 1 else sorted(keys)
    changed = tx.execute(statement, {"_keys": among, **parameters}).rowcount
    if changed != len(keys):
        raise StaleState(f"{len(keys) - changed} of {len(keys)} {what} had moved on")


def _alike(steps: Sequence[S], guard: Callable[[S], tuple[object, ...]]) -> list[list[S]]:
    """Group steps that one statement makes: with the same guard, and the same values."""
    groups: dict[object, list[S]] = {}
    for one in steps:
        values = tuple(one.values.items())
        try:
            groups.setdefault((guard(one), values), []).append(one)
        except TypeError:  # a value that cannot be compared: a statement of its own
            groups[id(one)] = [one]
    return list(groups.values())


def _parameters(one: Move) -> dict[str, Any]:
    return {
        "_before": one.row.state,
        "_version": one.row.version,
        "_after": str(one.after),
        "_next": one.row.version + 1,
        **{f"v_{name}": value for name, value in one.values.items()},
    }


def _history(tx: Tx, kind: str, one: Move, actor: str) -> dict[str, Any]:
    row = one.row
    is_task = kind == "task_instance"
    return {
        "kind": kind,
        "entity_id": str(row.id),
        "seq": row.version + 1,
        "dag_id": row.dag_id,
        "run_id": one.run_id,
        "task_id": row.task_id if is_task else None,
        "map_index": one.values.get("map_index", row.map_index) if is_task else None,
        "before": str(row.state),
        "after": str(one.after),
        "try_number": one.values.get("try_number", row.try_number) if is_task else None,
        "reason": one.reason,
        "actor": actor,
        "token": one.token,
        "at": tx.now,
    }
