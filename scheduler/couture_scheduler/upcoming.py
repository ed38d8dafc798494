"""What a DAG's timetable says comes next, stored in the DAG's row."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.rules.plan import Plan
from couture_scheduler.store import callbacks, dags, runs, slots
from couture_scheduler.timetables import (
    CustomTimetable,
    DagRunInfo,
    DataInterval,
    from_schedule,
)

SLOTS = 100  #: of an author's own timetable that are asked for at once; fewer = there are no more
_FEW = 20  #: left: further ones are asked for
_PATIENCE = timedelta(hours=1)  #: after which one that did not answer is asked again


def next_info(
    tx: Tx,
    dag: Any,
    last: tuple[datetime, datetime] | None,
    now: datetime | None = None,
    plan: Plan | None = None,
) -> DagRunInfo | None:
    """Return the run that comes after the interval `last`; None = it has had no scheduled run.

    Args:
        plan: of the DAG's version, where it is at hand: it need not be read.
    """
    version = plan or dags.find_version(tx, dag.version_id)
    assert version is not None
    data = version.data
    return from_schedule(_schedule(tx, dag, version)).next_run(
        DataInterval(*last) if last else None,
        start=_moment(data["start_date"]),
        end=_moment(data["end_date"]),
        catchup=dag.catchup,
        now=now or tx.now,
    )


def advance(
    tx: Tx, dag: Any, last: tuple[datetime, datetime] | None, plan: Plan | None = None
) -> None:
    """Store what comes after the interval `last` in the DAG's row; see `next_info`."""
    dags.set_next_run(tx, dag.dag_id, next_info(tx, dag, last, plan=plan))
    if dag.schedule["type"] == "custom":
        _ask_for_slots(tx, dag, last)


def leave_out_missed(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None, plan: Plan) -> bool:
    """Without catchup: of several intervals that are over, store the latest as the next.

    Returns:
        Whether that changed anything.
    """
    info = next_info(tx, dag, last, plan=plan)
    if info is None or info.run_after > tx.now or info == _stored(dag):
        return False
    dags.set_next_run(tx, dag.dag_id, info)
    return True


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


def _schedule(tx: Tx, dag: Any, version: Any) -> dict[str, Any]:
    """Return a version's schedule, of an author's own timetable with the slots that it said later."""
    schedule = version.data["schedule"]
    if schedule["type"] != "custom":
        return schedule
    row = slots.find_slots(tx, dag.dag_id)
    more = row.slots if row is not None and row.file_version_id == version.file_version_id else []
    return {**schedule, "slots": [*schedule["slots"], *more]}


def _ask_for_slots(tx: Tx, dag: Any, last: tuple[datetime, datetime] | None) -> None:
    """Have an author's own timetable asked for further slots before those that are known run out."""
    version = dags.find_version(tx, dag.version_id)
    assert version is not None
    known = _schedule(tx, dag, version)["slots"]
    left = CustomTimetable(known).left_after(DataInterval(*last) if last else None)
    if left >= _FEW or len(version.data["schedule"]["slots"]) < SLOTS:
        return
    row = slots.find_slots(tx, dag.dag_id)
    mine = row if row is not None and row.file_version_id == version.file_version_id else None
    if mine is not None and mine.is_asked and tx.now - mine.asked_at < _PATIENCE:
        return
    slots.set_asked(tx, dag.dag_id, version.file_version_id, mine.slots if mine else [])
    payload = {"last": [known[-1]["start"], known[-1]["end"]], "count": SLOTS}
    callbacks.ask(tx, "slots", dag.dag_id, version.file_version_id, payload)


def take_slots(tx: Tx, dag_id: str, file_version_id: str, answer: Any) -> None:
    """Store what a DAG's own timetable answered, and what comes next by it."""
    if slots.set_answer(tx, dag_id, file_version_id, answer, SLOTS):
        dag = dags.get_dag(tx, dag_id)
        advance(tx, dag, runs.last_interval(tx, dag_id))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
