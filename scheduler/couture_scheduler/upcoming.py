"""What a DAG's timetable says comes next, stored in the DAG's row."""

from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.store import dags
from couture_scheduler.timetables import DataInterval, from_schedule


def advance(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None) -> None:
    """Store the run that comes after the interval `last`; None = it has had no scheduled run yet."""
    version = dags.find_version(tx, dag.version_id)
    assert version is not None
    data = version.data
    info = from_schedule(data["schedule"]).next_run(
        DataInterval(*last) if last else None,
        start=_moment(data["start_date"]),
        end=_moment(data["end_date"]),
        catchup=dag.catchup,
        now=tx.now,
    )
    dags.set_next_run(tx, dag.dag_id, info)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
