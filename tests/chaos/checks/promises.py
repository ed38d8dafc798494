"""I3: what was promised exists, and all that was begun has come to an end."""

from collections.abc import Iterator

from chaos.evidence import Evidence, Violation

_TASK_ENDS = ("success", "failed", "skipped", "upstream_failed", "removed")
_RUN_ENDS = ("success", "failed")


def check(evidence: Evidence) -> Iterator[Violation]:
    """Check runs that the client was promised, then everything that the database knows."""
    known = {(row.dag_id, row.run_id) for row in evidence.runs.values()}
    for call in evidence.calls:
        triggered = call.run_id is not None and call.answer == "done"
        if triggered and (call.dag_id, call.run_id) not in known:
            yield Violation("I3", f"run {call.run_id} of {call.dag_id} was promised and is lost")
    for row in evidence.runs.values():
        if row.state not in _RUN_ENDS:
            yield Violation("I3", f"run {row.run_id} of {row.dag_id} is {row.state} for ever")
    for key, row in evidence.tis.items():
        if row.state not in _TASK_ENDS:
            yield Violation("I3", f"it is {row.state} for ever", evidence.name_of[key])
    for row in evidence.rows("attempt"):
        if row.live_ti_id is not None:
            name = evidence.name_of[row.ti_id]
            yield Violation("I3", f"attempt {row.number} is {row.state} for ever", name)
