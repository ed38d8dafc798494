"""What a DAG's timetable says comes next, stored in the DAG's row."""

from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.store import dags
from couture_scheduler.timetables import DagRunInfo, DataInterval, from_schedule


def next_info(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None) -> DagRunInfo | None:
    """Return the run that comes after the interval `last`; None = it has had no scheduled run."""
    version = dags.find_version(tx, dag.version_id)
    assert version is not None
    data = version.data
    return from_schedule(data["schedule"]).next_run(
        DataInterval(*last) if last else None,
        start=_moment(data["start_date"]),
        end=_moment(data["end_date"]),
        catchup=dag.catchup,
        now=tx.now,
    )


def advance(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None) -> None:
    """Store what comes after the interval `last` in the DAG's row."""
    dags.set_next_run(tx, dag.dag_id, next_info(tx, dag, last))


def leave_out_missed(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None) -> None:
    """Without catchup: of several intervals that are over, store the latest as the next."""
    info = next_info(tx, dag, last)
    if info is not None and info.run_after <= tx.now:
        dags.set_next_run(tx, dag.dag_id, info)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
