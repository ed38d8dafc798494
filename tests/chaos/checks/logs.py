"""I12 and I13: logs of attempts are complete, and logs of processes hold no error nobody expected."""

import re
from collections.abc import Iterator

from chaos.body import last_line
from chaos.evidence import Evidence, Violation

_DISK = "disk."
_SLACK = 2.0
#: how a traceback may end while the database is away or its locks are held
_EXPECTED = re.compile(
    r"OperationalError|InterfaceError|StaleState|server closed the connection|"
    r"Lost connection|database is locked|Can't connect|InternalError|DisconnectionError"
)
#: the same while the broker is away: Celery says it so
_EXPECTED_OF_BROKER = re.compile(
    r"ConnectionResetError|ConnectionRefusedError|BrokenPipeError|TimeoutError|RecoverableConnection|"
    r"Server unexpectedly closed|ConnectionForced|Socket closed|Too many heartbeats missed"
)
_BLOCK = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(.*)$", re.M)
_CHAIN = ("The above exception was", "During handling of")


def task_logs(evidence: Evidence) -> Iterator[Violation]:
    """I12: an attempt that succeeded has its last line, one that did not has a reason."""
    full = [(one.since, one.until) for one in evidence.faults if one.kind.startswith(_DISK)]
    for row in evidence.rows("attempt"):
        name = evidence.name_of[row.ti_id]
        text = evidence.task_logs.get((name, row.try_number), "")
        end = row.ended_at or 0
        if any(a < end + _SLACK and row.created_at < b + _SLACK for a, b in full):
            continue
        if row.state == "success" and last_line(row.id) not in text:
            yield Violation("I12", f"the log of try {row.try_number} has no last line", name)
        if row.state == "failed" and "ERROR" not in text and "Traceback" not in text:
            yield Violation("I12", f"the log of try {row.try_number} does not say why", name)


def process_logs(evidence: Evidence) -> Iterator[Violation]:
    """I13: no traceback but those of a database that was away, and these only if it was."""
    may_be_away = any(one.kind.startswith(("db.", "far.")) for one in evidence.faults)
    has_broker = any(one.kind.startswith("broker.") for one in evidence.faults)
    for process, text in evidence.process_logs.items():
        for block in _BLOCK.finditer(text):
            last = block.group(1)
            chained = text[block.end() : block.end() + 60].lstrip().startswith(_CHAIN)
            is_expected = (may_be_away and _EXPECTED.search(last)) or (
                has_broker and _EXPECTED_OF_BROKER.search(last)
            )
            if not chained and not is_expected:
                yield Violation("I13", f"{process}: {last[:300]}")
