"""The offline checker: pure functions from evidence to violations, one file a group."""

from collections.abc import Callable, Iterable

from chaos.checks import (
    attempts,
    audits,
    census,
    files,
    histories,
    imports,
    limits,
    logs,
    notebooks,
    promises,
    recovery,
    resources,
    slots,
)
from chaos.evidence import Evidence, Violation

CHECKS: dict[str, Callable[[Evidence], Iterable[Violation]]] = {
    "I1 histories are legal paths without gaps": histories.check,
    "I2 attempts never overlap": attempts.never_overlap,
    "I3 promised runs exist and all is over": promises.check,
    "I4 each slot has exactly one run": slots.check,
    "I5 who was hit starts again": recovery.check,
    "I6 limits were never exceeded": limits.maxima,
    "I7 nothing outlives its attempt": census.check,
    "I8 what is visible is whole": files.whole,
    "I9 each mutating call has one audit row": audits.check,
    "I10 attempts are accounted for": attempts.accounted_for,
    "I11 counters are back": limits.counters,
    "I12 logs are complete": logs.task_logs,
    "I13 no unhandled error": logs.process_logs,
    "I14 nothing has grown": resources.check,
    "G18 no secret is in the clear": files.secrets,
    "G20 code of others stays with the zygotes": imports.check,
    "G14 successful notebooks are whole": notebooks.check,
}


def check_all(evidence: Evidence) -> list[Violation]:
    """Return every violation of every invariant."""
    return [one for check in CHECKS.values() for one in check(evidence)]
