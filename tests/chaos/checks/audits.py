"""I9: each call that changes something has exactly one audit row.

One without an answer has one if its run is there, and none if it is not.
"""

from collections import Counter
from collections.abc import Iterator

from chaos.evidence import Evidence, Violation


def check(evidence: Evidence) -> Iterator[Violation]:
    """Count audit rows by service, DAG and run."""
    rows = Counter((row.event, row.dag_id, row.run_id) for row in evidence.rows("audit"))
    made = {(row.dag_id, row.run_id) for row in evidence.runs.values()}
    least, most = Counter(), Counter()
    for call in evidence.calls:
        key = (call.service, call.dag_id, call.run_id)
        most[key] += 1
        is_there = (call.dag_id, call.run_id) in made
        least[key] += call.answer in ("done", "refused") or is_there
    for key in sorted(set(rows) | set(most), key=str):
        if not least[key] <= rows[key] <= most[key]:
            text = f"{rows[key]} audit rows of {least[key]} to {most[key]} calls: {key}"
            yield Violation("I9", text)
