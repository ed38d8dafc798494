"""Timetables of authors' own: asked which runs there are, while a DAG file is read and later."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from couture_operators.dates import to_datetime
from couture_operators.exceptions import DagDefinitionError
from couture_operators.timetables import DagRunInfo, DataInterval, TimeRestriction, Timetable

if TYPE_CHECKING:
    from couture_operators.dag import DAG

SLOTS_ASKED = 100


def custom_to_dict(dag: DAG, timetable: Timetable) -> dict[str, Any]:
    """The stored form of an author's own timetable, with the runs that it names now."""
    timetable.validate()
    slots = slots_after(dag, timetable, None, SLOTS_ASKED)
    return {
        "type": "custom",
        "name": type(timetable).__name__,
        "text": timetable.summary,
        "manual": says_manual_interval(timetable),
        "slots": slots,
        "all": len(slots) > 1 and not dag.catchup and _makes_all(dag, timetable),
        "asked_at": dt.datetime.now(dt.UTC).isoformat(),
    }


def _makes_all(dag: DAG, timetable: Timetable) -> bool:
    """Whether the timetable goes on without a gap where runs are past and catchup is off.

    Only it knows, and it is asked with the first run that it would have with catchup: whether it
    names past ones after that. Where there are none yet, it counts as one that leaves them out.
    """
    now = dt.datetime.now(dt.UTC)
    last = None
    for catchup in (True, False, False):
        info = timetable.next_dagrun_info(
            last_automated_data_interval=last,
            restriction=TimeRestriction(dag.start_date, dag.end_date, catchup),
        )
        if info is None or info.run_after > now:
            return False
        last = DataInterval(*map(to_datetime, info.data_interval))
    return True


def says_manual_interval(timetable: Timetable) -> bool:
    """Whether a run that somebody starts may cover something else than its moment."""
    method = type(timetable).infer_manual_data_interval
    return timetable.stored() is not None or method is not Timetable.infer_manual_data_interval


def manual_interval(dag: DAG, moment: dt.datetime) -> DataInterval:
    """Ask a DAG's own timetable what a run covers that is started at a moment."""
    timetable = dag.schedule.timetable
    if timetable is None:
        raise DagDefinitionError(f"{dag._sentence_name} has no timetable of its own.")
    found = timetable.infer_manual_data_interval(run_after=to_datetime(moment))
    return DataInterval(*map(to_datetime, found))


def further_slots(
    dag: DAG, after: tuple[dt.datetime, ...] | None, count: int
) -> list[dict[str, Any]]:
    """The runs that a DAG's own timetable names after the one that covered an interval."""
    timetable = dag.schedule.timetable
    if timetable is None:
        raise DagDefinitionError(f"{dag._sentence_name} has no timetable of its own.")
    return slots_after(dag, timetable, after, count)


def slots_after(
    dag: DAG,
    timetable: Timetable,
    after: tuple[dt.datetime, ...] | None,
    count: int,
) -> list[dict[str, Any]]:
    """Ask a timetable for its next runs, one after the other."""
    restriction = TimeRestriction(dag.start_date, dag.end_date, bool(dag.catchup))
    last = DataInterval(*map(to_datetime, after)) if after else None
    slots: list[dict[str, Any]] = []
    while len(slots) < count:
        info = timetable.next_dagrun_info(
            last_automated_data_interval=last, restriction=restriction
        )
        if info is None:
            break
        if last is not None and (info.data_interval.end, info.data_interval.start) <= (
            last.end,
            last.start,
        ):
            raise DagDefinitionError(
                f"{dag._sentence_name}: the timetable {type(timetable).__name__} names a run that does "
                f"not come after the last one: {info.data_interval.start} after {last.start}."
            )
        last = DataInterval(*map(to_datetime, info.data_interval))
        slots.append(_slot(info))
    return slots


def _slot(info: DagRunInfo) -> dict[str, Any]:
    start, end = (to_datetime(moment).isoformat() for moment in info.data_interval)
    return {"start": start, "end": end, "run_after": to_datetime(info.run_after).isoformat()}
