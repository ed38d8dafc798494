"""I6 and I11: pools, max_active_tasks, max_active_runs at every step; the counters at the end."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from chaos.evidence import Evidence, Row, Violation

_HELD = ("queued", "running", "restarting")


def maxima(evidence: Evidence) -> Iterator[Violation]:
    """I6: replay the history and see how much was held at once."""
    held: defaultdict[tuple[str, str], int] = defaultdict(int)
    top = Counter[tuple[str, str]]()
    for row in sorted(evidence.rows("history"), key=lambda row: row.id):
        for key, step in _steps(evidence, row):
            held[key] += step
            top[key] = max(top[key], held[key])
    for key, limit in _limits(evidence).items():
        if 0 <= limit < top[key]:
            yield Violation("I6", f"{top[key]} at once of {' '.join(key)}, which allows {limit}")


def _steps(evidence: Evidence, row: Row) -> Iterator[tuple[tuple[str, str], int]]:
    if row.before is None:
        return
    if row.kind == "task_instance" and (ti := evidence.tis.get(int(row.entity_id))):
        step = (row.after in _HELD) - (row.before in _HELD)
        yield ("pool", ti.pool), step * ti.pool_slots
        yield ("tasks of", ti.dag_id), step
    elif row.kind == "dag_run" and (run := evidence.runs.get(int(row.entity_id))):
        yield ("runs of", run.dag_id), (row.after == "running") - (row.before == "running")


def _limits(evidence: Evidence) -> dict[tuple[str, str], int]:
    dags = evidence.rows("dag")
    return {
        **{("pool", row.name): row.slots for row in evidence.rows("pool")},
        **{("tasks of", row.dag_id): row.max_active_tasks for row in dags},
        **{("runs of", row.dag_id): row.max_active_runs for row in dags},
    }


def counters(evidence: Evidence) -> Iterator[Violation]:
    """I11: when all is over nothing is counted as held, and nothing ever went below zero."""
    for row in evidence.rows("pool"):
        if row.occupied or row.deferred:
            yield Violation("I11", f"pool {row.name}: {row.occupied} held, {row.deferred} deferred")
    for row in evidence.rows("dag"):
        if row.occupied or row.active_runs:
            text = f"dag {row.dag_id}: {row.occupied} tasks, {row.active_runs} runs are counted"
            yield Violation("I11", text)
    keys = set(evidence.tis)
    for row in evidence.rows("attempt"):
        if row.ti_id not in keys:
            yield Violation("I11", f"attempt {row.id} is of no task instance")
