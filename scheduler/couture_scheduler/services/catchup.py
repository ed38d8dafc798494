"""How many runs switching a DAG on would create at once."""

from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.store import dags, runs
from couture_scheduler.timetables import DataInterval, from_schedule

_COUNT_LIMIT = 10_000


def count_missed(tx: Tx, dag: Any) -> int:
    """Count the intervals that are over and have no run; 1 at most without catchup."""
    version = dags.find_version(tx, dag.version_id)
    assert version is not None
    data = version.data
    timetable = from_schedule(data["schedule"])
    before = runs.last_interval(tx, dag.dag_id)
    last = DataInterval(*before) if before else None
    count = 0
    while count < _COUNT_LIMIT:
        info = timetable.next_run(
            last,
            start=_moment(data["start_date"]),
            end=_moment(data["end_date"]),
            catchup=dag.catchup,
            now=tx.now,
        )
        if info is None or info.run_after > tx.now or info.data_interval == last:
            break
        last = info.data_interval
        count += 1
    return count


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
