"""I1: the history of each row is a legal path, no step is missing, and it ends in the row's state.

The table of legal steps is written down here once more, and is stricter than the product's: what is
over is moved by people only. Who moves is told by the actor: machines have an "@" in their names.
"""

from collections import defaultdict
from collections.abc import Iterator

from chaos.evidence import Evidence, Row, Violation

_TASK = {
    "none": "none scheduled queued skipped upstream_failed removed success failed",
    "scheduled": "none queued skipped upstream_failed removed failed",
    "queued": "running none failed skipped success up_for_retry restarting",
    "running": "success failed skipped up_for_retry up_for_reschedule deferred none restarting",
    "restarting": "none success failed skipped",
    "up_for_retry": "none scheduled queued skipped failed success upstream_failed removed",
    "up_for_reschedule": "none scheduled queued skipped failed success upstream_failed removed",
    "deferred": "none scheduled queued skipped failed success upstream_failed removed",
}
_TASK_BY_PEOPLE = {
    "success": "none failed skipped",
    "failed": "none success skipped",
    "skipped": "none success failed",
    "upstream_failed": "none success failed skipped",
    "removed": "none",
}
_RUN = {"queued": "running success failed", "running": "success failed queued"}
_RUN_BY_PEOPLE = {"success": "queued failed", "failed": "queued success"}
_TABLES = {
    "task_instance": (_TASK, _TASK_BY_PEOPLE, "none"),
    "dag_run": (_RUN, _RUN_BY_PEOPLE, "queued"),
}


def check(evidence: Evidence) -> Iterator[Violation]:
    """Check the histories of all task instances and runs."""
    paths = defaultdict(list)
    for row in sorted(evidence.rows("history"), key=lambda row: row.id):
        if row.kind in _TABLES and row.before is not None:
            paths[row.kind, int(row.entity_id)].append(row)
    for kind, rows in (("task_instance", evidence.tis), ("dag_run", evidence.runs)):
        for key, row in rows.items():
            ti = evidence.name_of[key] if kind == "task_instance" else None
            for text in _wrong(kind, row, paths[kind, key]):
                yield Violation("I1", f"{kind} {key}: {text}", ti)


def _wrong(kind: str, row: Row, path: list[Row]) -> Iterator[str]:
    legal, by_people, state = _TABLES[kind]
    seq = 1
    for step in path:
        allowed = legal.get(step.before, "")
        if "@" not in step.actor:
            allowed += f" {by_people.get(step.before, '')}"
        if step.before != state:
            yield f"step {step.seq} is from {step.before}, but it was {state}"
        if step.after not in allowed.split():
            yield f"{step.actor} moved it from {step.before} to {step.after}"
        if step.seq != seq + 1:
            yield f"step {step.seq} follows {seq}"
        state, seq = step.after, step.seq
    if (row.state, row.version) != (state, seq):
        yield f"it is {row.state} at version {row.version}, its history ends in {state} at {seq}"
