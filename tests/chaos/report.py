"""What a run of the regime says: JSON for programs, a page of text for people."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from chaos.checks import recovery
from chaos.evidence import Evidence, Violation

_BOUNDS = (0.25, 0.5, 1, 2, 3, 5, 10, 20, 30)
_SHOWN = 20


def summarize(evidence: Evidence, violations: list[Violation], facts: dict[str, Any]) -> dict:
    """Return the report; `facts` are the seed, the stack, times."""
    tasks = [row for row in evidence.tis.values() if evidence.attempts_of.get(row.id)]
    done = [one for one in evidence.faults if one.not_applied is None]
    attempts = evidence.rows("attempt")
    back = recovery.recoveries(evidence)
    return {
        **facts,
        "runs": len(evidence.runs),
        "tasks": len(tasks),
        "tasks_by_state": dict(Counter(row.state for row in tasks)),
        "attempts_by_state": dict(Counter(row.state for row in attempts)),
        "slots": dict(
            Counter(r.dag_id for r in evidence.runs.values() if r.run_type == "scheduled")
        ),
        "faults": len(done),
        "faults_by_kind": dict(sorted(Counter(one.kind for one in done).items())),
        "faults_without_victim": len(evidence.faults) - len(done),
        "calls": dict(Counter(one.answer for one in evidence.calls)),
        "recovery": histogram([one.seconds for one in back]),
        "slowest_recoveries": {
            f"fault {one.fault.number} {one.fault.kind}": one.seconds
            for one in sorted(back, key=lambda one: one.seconds)[-5:]
        },
        "resources": evidence.resources,
        "violations": len(violations),
        "violations_by_invariant": dict(Counter(one.invariant for one in violations)),
    }


def histogram(seconds: list[float]) -> dict[str, Any]:
    """Return how many took how long at most, and p50, p99 and max."""
    if not seconds:
        return {"count": 0}
    named = (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    within = {f"<= {bound:g} s": sum(one <= bound for one in seconds) for bound in _BOUNDS}
    shares = {name: round(recovery.percentile(seconds, share), 2) for name, share in named}
    return {"count": len(seconds), **shares, "within": within}


def write(folder: Path, summary: dict, evidence: Evidence, violations: list[Violation]) -> str:
    """Write report.json, report.txt and violations.json; return the text."""
    told = [
        {**vars(one), "timeline": evidence.timeline(one.ti) if one.ti else []}
        for one in violations[:500]
    ]
    (folder / "report.json").write_text(json.dumps(summary, indent=2))
    (folder / "violations.json").write_text(json.dumps(told, indent=2))
    text = as_text(summary, told)
    (folder / "report.txt").write_text(text)
    return text


def as_text(summary: dict, violations: list[dict]) -> str:
    """Return the page for people."""
    lines = [f"{name:24} {_short(value)}" for name, value in summary.items()]
    for one in violations[:_SHOWN]:
        lines += ["", f"{one['invariant']} {one['ti'] or ''}: {one['text']}"]
        lines += [f"    {line}" for line in one["timeline"][:60]]
    if len(violations) > _SHOWN:
        lines.append(f"... and {len(violations) - _SHOWN} more, see violations.json")
    return "\n".join(lines) + "\n"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(one)}" for name, one in value.items()) or "none"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
