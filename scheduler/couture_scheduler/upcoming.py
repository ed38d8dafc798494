"""What a DAG's timetable says comes next, stored in the DAG's row."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.store import dags, runs, slots
from couture_scheduler.timetables import DagRunInfo, DataInterval, from_schedule


def next_info(
    tx: Tx, dag: Any, last: tuple[datetime, datetime] | None, now: datetime | None = None
) -> DagRunInfo | None:
    """Return the run that comes after the interval `last`; None = it has had no scheduled run."""
    version = dags.find_version(tx, dag.version_id)
    assert version is not None
    data = version.data
    return from_schedule(data["schedule"]).next_run(
        DataInterval(*last) if last else None,
        start=_moment(data["start_date"]),
        end=_moment(data["end_date"]),
        catchup=dag.catchup,
        now=now or tx.now,
    )


def advance(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None) -> None:
    """Store what comes after the interval `last` in the DAG's row."""
    dags.set_next_run(tx, dag.dag_id, next_info(tx, dag, last))


def leave_out_missed(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None) -> None:
    """Without catchup: of several intervals that are over, store the latest as the next."""
    info = next_info(tx, dag, last)
    if info is not None and info.run_after <= tx.now:
        dags.set_next_run(tx, dag.dag_id, info)


def following(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None) -> Iterator[DagRunInfo]:
    """Tell which runs the scheduler will create of a DAG that is on, as they fall due.

    The first is what is stored as next, unless it will be left out as missed; the clock then moves
    to each run's time, as it does for the scheduler.
    """
    info = _stored(dag)
    if info is not None and info.run_after <= tx.now and not dag.catchup:
        info = next_info(tx, dag, last)
    while info is not None:
        yield info
        after = max(tx.now, info.run_after)
        info = next_info(tx, dag, (info.data_interval.start, info.data_interval.end), after)


def _stored(dag: Any) -> DagRunInfo | None:
    if dag.next_run_after is None:
        return None
    interval = DataInterval(dag.next_logical_date, dag.next_interval_end)
    return DagRunInfo(interval, dag.next_run_after, dag.next_logical_date)


def take_slots(tx: Tx, dag_id: str, file_version_id: str, answer: Any) -> None:
    """Store what a DAG's own timetable answered, and what comes next by it."""
    if slots.set_answer(tx, dag_id, file_version_id, answer):
        dag = dags.get_dag(tx, dag_id)
        advance(tx, dag, runs.last_interval(tx, dag_id))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
