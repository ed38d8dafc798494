"""I4: each slot of each schedule has exactly one run; which slots there are an oracle says."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cron_walk import walk

from chaos.evidence import Evidence, Violation, stamp
from chaos.workload import Schedule

_MARGIN = 5.0  #: seconds before the switching off in which a slot may or may not have its run


def check(evidence: Evidence) -> Iterator[Violation]:
    """Compare the runs of each schedule with the oracle's slots."""
    for one in evidence.schedules:
        begun = Counter(
            round(row.data_interval_start)
            for row in evidence.runs.values()
            if row.dag_id == one.dag_id and row.run_type == "scheduled"
        )
        must = set(slots(one, evidence.switched_off - _MARGIN))
        may = set(slots(one, evidence.switched_off + 1))
        for slot in sorted(must - set(begun)):
            yield Violation("I4", f"{one.dag_id}: no run for the slot {stamp(slot)}")
        for slot in sorted(set(begun) - may):
            yield Violation("I4", f"{one.dag_id}: a run for {stamp(slot)}, which is no slot")
        for slot, count in begun.items():
            if count > 1:
                yield Violation("I4", f"{one.dag_id}: {count} runs for the slot {stamp(slot)}")


def slots(one: Schedule, until: float) -> Iterator[int]:
    """Yield the starts of the intervals that have ended by `until`."""
    if one.seconds:
        yield from range(one.start, int(until - one.seconds) + 1, one.seconds)
        return
    before = datetime.fromtimestamp(one.start, UTC) - timedelta(minutes=1)
    times = [moment.timestamp() for moment in walk(one.cron, "UTC", before, _time(until))]
    yield from (int(first) for first in times[:-1])


def _time(wall: float) -> datetime:
    return datetime.fromtimestamp(int(wall), UTC)
