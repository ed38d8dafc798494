"""How other DAGs' runs and tasks stand: what tasks ask that wait for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag_run, task_instance

_MOST = 10_000
_OF_TASK = tuple(
    task_instance.c[name]
    for name in (
        *("task_id", "map_index", "rendered_map_index", "state", "try_number", "max_tries"),
        *("operator", "pool", "pool_slots", "queue", "priority_weight", "hostname", "pid"),
        *("queued_at", "start_date", "end_date"),
    )
)


@dataclass(frozen=True)
class RunCriteria:
    """Which runs are wanted; None = whatever they have.

    Attributes:
        other_types: run types that are left out.
        since, until: of the logical date, both ends included.
        before: the logical date is earlier.
        latest: how many, counted from the last one.
    """

    run_ids: Sequence[str] | None = None
    logical_dates: Sequence[datetime] | None = None
    states: Sequence[str] | None = None
    run_types: Sequence[str] | None = None
    other_types: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: datetime | None = None
    latest: int | None = None

    def conditions(self) -> Iterator[Any]:
        """Give what the rows of dag_run have to fulfil."""
        run = dag_run.c
        for column, wanted in (
            (run.run_id, self.run_ids),
            (run.logical_date, self.logical_dates),
            (run.state, self.states),
            (run.run_type, self.run_types),
        ):
            if wanted is not None:
                yield column.in_(wanted)
        if self.other_types:
            yield run.run_type.not_in(self.other_types)
        if self.since is not None:
            yield run.logical_date >= self.since
        if self.until is not None:
            yield run.logical_date <= self.until
        if self.before is not None:
            yield run.logical_date < self.before


def list_runs(tx: Tx, dag_id: str, wanted: RunCriteria) -> list[Any]:
    """Return runs of a DAG, the earliest first, 10,000 at most."""
    query = select(dag_run).where(dag_run.c.dag_id == dag_id, *wanted.conditions())
    if wanted.latest is None:
        return tx.rows(query.order_by(dag_run.c.run_after, dag_run.c.id).limit(_MOST))
    last_first = query.order_by(dag_run.c.logical_date.desc(), dag_run.c.id.desc())
    return tx.rows(last_first.limit(min(wanted.latest, _MOST)))[::-1]


def list_task_states(
    tx: Tx,
    dag_id: str,
    task_ids: Sequence[str] | None,
    dates: Sequence[datetime] | None,
    run_ids: Sequence[str] | None = None,
) -> list[Any]:
    """Return the task instances of a DAG in its runs of these logical dates or ids."""
    query = (
        select(*_OF_TASK, dag_run.c.logical_date, dag_run.c.run_id)
        .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
        .where(dag_run.c.dag_id == dag_id)
    )
    if dates is not None:
        query = query.where(dag_run.c.logical_date.in_(dates))
    if run_ids is not None:
        query = query.where(dag_run.c.run_id.in_(run_ids))
    if task_ids is not None:
        query = query.where(task_instance.c.task_id.in_(task_ids))
    return tx.rows(query.order_by(dag_run.c.logical_date, task_instance.c.id))


def last_logical_date(tx: Tx, dag_id: str) -> datetime | None:
    """Return the latest logical date of a DAG's runs."""
    return tx.scalar(select(func.max(dag_run.c.logical_date)).where(dag_run.c.dag_id == dag_id))
