"""Switch a DAG on or off, and what that sets going."""

from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.errors import Conflict
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags, runs
from couture_scheduler.store.transition import record
from couture_scheduler.timetables import DataInterval, from_schedule
from couture_scheduler.upcoming import advance

_MANY_RUNS = 10
_COUNT_LIMIT = 10_000


def switch(tx: Tx, call: Call, dag: Any, *, is_paused: bool) -> None:
    """Switch a DAG; one that is on gets its next run and goes on with its open ones."""
    call.notes.update(before={"is_paused": dag.is_paused}, after={"is_paused": is_paused})
    dags.set_paused(tx, dag.dag_id, is_paused)
    if not is_paused:
        advance(tx, dag, runs.last_interval(tx, dag.dag_id))
        runs.wake_open(tx, dag.dag_id)
    after = "paused" if is_paused else "unpaused"
    record(tx, "dag", dag.dag_id[-64:], after, call.actor.user, dag_id=dag.dag_id)
    call.workflow.ring(tx, "scheduler")


def refuse_flood(tx: Tx, dag: Any) -> None:
    """Refuse to switch on what would create many runs at once.

    Raises:
        Conflict: the sentence has the number of runs.
    """
    missed = _count_missed(tx, dag)
    if missed > _MANY_RUNS:
        number = f"more than {_COUNT_LIMIT:,}" if missed >= _COUNT_LIMIT else f"{missed:,}"
        raise Conflict(
            f"Switching on {dag.dag_id} would create {number} runs for the intervals that it "
            "missed. Repeat with confirm=true to create them, or set catchup=False in its file."
        )


def _count_missed(tx: Tx, dag: Any) -> int:
    """Count the intervals that are over and have no run; 1 at most without catchup."""
    if not dag.catchup:
        return 0
    version = dags.find_version(tx, dag.version_id)
    assert version is not None
    data = version.data
    timetable = from_schedule(data["schedule"])
    before = runs.last_interval(tx, dag.dag_id)
    last = DataInterval(*before) if before else None
    for count in range(_COUNT_LIMIT):
        info = timetable.next_run(
            last,
            start=_moment(data["start_date"]),
            end=_moment(data["end_date"]),
            catchup=True,
            now=tx.now,
        )
        if info is None or info.run_after > tx.now:
            return count
        last = info.data_interval
    return _COUNT_LIMIT


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
