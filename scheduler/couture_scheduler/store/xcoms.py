"""XComs: small values that task instances leave for others (S22)."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, delete, func, insert, or_, select, tuple_

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import attempt, dag_run, rendered, xcom


@dataclass(frozen=True)
class Pushed:
    """What was pushed under one key.

    Attributes:
        length: of the value, if the task is not mapped and the value has one.
        instances: how many instances of a mapped task pushed a value.
    """

    length: int | None
    instances: int


def put(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Store values; one that is there already under the same key is replaced."""
    latest = {(row["run_pk"], row["task_id"], row["map_index"], row["key"]): row for row in rows}
    if not latest:
        return
    identity = tuple_(xcom.c.run_pk, xcom.c.task_id, xcom.c.map_index, xcom.c.key)
    tx.execute(delete(xcom).where(identity.in_(list(latest))))
    tx.execute(insert(xcom), [{**row, "at": tx.now} for row in latest.values()])


def clear_of(tx: Tx, run_pk: int, instances: Iterable[tuple[str, int]]) -> None:
    """Remove what these task instances, (task_id, map_index), left: they run again."""
    by_task: dict[str, list[int]] = {}
    for task_id, map_index in instances:
        by_task.setdefault(task_id, []).append(map_index)
    plain = [task_id for task_id, indexes in by_task.items() if indexes == [-1]]
    of_run = delete(xcom).where(xcom.c.run_pk == run_pk)
    tx.execute(of_run.where(xcom.c.task_id.in_(plain), xcom.c.map_index == -1))
    for task_id in by_task.keys() - set(plain):
        indexes = by_task[task_id]
        tx.execute(of_run.where(xcom.c.task_id == task_id, xcom.c.map_index.in_(indexes)))


def lengths(tx: Tx, run_pk: int, task_ids: Collection[str]) -> dict[tuple[str, str], Pushed]:
    """Return by (task_id, key) what tasks of a run pushed, as far as mapping wants to know."""
    query = (
        select(
            xcom.c.task_id,
            xcom.c.key,
            func.max(case((xcom.c.map_index < 0, xcom.c.length))).label("length"),
            func.sum(case((xcom.c.map_index >= 0, 1), else_=0)).label("instances"),
        )
        .where(xcom.c.run_pk == run_pk, xcom.c.task_id.in_(list(task_ids)))
        .group_by(xcom.c.task_id, xcom.c.key)
    )
    rows = tx.rows(query)
    return {(row.task_id, row.key): Pushed(row.length, int(row.instances)) for row in rows}


def texts_of(tx: Tx, instance: Any, keys: Collection[str]) -> dict[str, str]:
    """Return by key the texts that a task instance pushed; what is no text is left out."""
    rows = tx.rows(
        select(xcom.c.key, xcom.c.value)
        .where(xcom.c.run_pk == instance.run_pk, xcom.c.task_id == instance.task_id)
        .where(xcom.c.map_index == instance.map_index, xcom.c.key.in_(list(keys)))
        .where(xcom.c.value.is_not(None))
    )
    found = {row.key: json.loads(row.value) for row in rows}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def pull(
    tx: Tx,
    run: Any,
    *,
    task_ids: Sequence[str] | None,
    dag_id: str,
    key: str | None,
    run_id: str | None,
    include_prior_dates: bool,
    map_indexes: Sequence[int] | None = None,
) -> list[Any]:
    """Return the matching values, latest first.

    Those of the same run; of another DAG, the run with the same id or logical date; with
    `include_prior_dates` those of all earlier runs too.
    """
    query = select(xcom).join(dag_run, dag_run.c.id == xcom.c.run_pk)
    query = query.where(xcom.c.dag_id == dag_id)
    if run_id is not None:
        query = query.where(dag_run.c.run_id == run_id)
    elif include_prior_dates:
        query = query.where(dag_run.c.run_after <= run.run_after)
    elif dag_id == run.dag_id:
        query = query.where(xcom.c.run_pk == run.id)
    else:
        same = [dag_run.c.run_id == run.run_id]
        if run.logical_date is not None:
            same.append(dag_run.c.logical_date == run.logical_date)
        query = query.where(or_(*same))
    if task_ids is not None:
        query = query.where(xcom.c.task_id.in_(task_ids))
    if key is not None:
        query = query.where(xcom.c.key == key)
    if map_indexes is not None:
        query = query.where(xcom.c.map_index.in_(map_indexes))
    return tx.rows(query.order_by(dag_run.c.run_after.desc(), xcom.c.at.desc(), xcom.c.id.desc()))


def last_rendered(tx: Tx, ti_id: int) -> dict[str, Any] | None:
    """Return the fields that a task instance's last attempt rendered, if one has."""
    return tx.scalar(
        select(rendered.c.fields)
        .join(attempt, attempt.c.id == rendered.c.attempt_id)
        .where(attempt.c.ti_id == ti_id)
        .order_by(attempt.c.number.desc())
        .limit(1)
    )


def put_rendered(tx: Tx, rows: dict[str, dict[str, Any]]) -> None:
    """Store the rendered fields of attempts: {token: fields}."""
    if rows:
        tx.execute(delete(rendered).where(rendered.c.attempt_id.in_(list(rows))))
        tx.execute(
            insert(rendered),
            [{"attempt_id": token, "fields": fields} for token, fields in rows.items()],
        )


def previous_run(tx: Tx, run: Any, state: str | None) -> Any | None:
    """Return the DAG's run before `run`, optionally the last one with that state."""
    query = select(dag_run).where(dag_run.c.dag_id == run.dag_id, dag_run.c.id != run.id)
    if run.logical_date is not None:
        query = query.where(dag_run.c.logical_date < run.logical_date)
        query = query.order_by(dag_run.c.logical_date.desc())
    else:
        query = query.where(dag_run.c.run_after <= run.run_after)
        query = query.order_by(dag_run.c.run_after.desc())
    if state is not None:
        query = query.where(dag_run.c.state == state)
    return tx.first(query.limit(1))
