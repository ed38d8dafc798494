"""I2 and I10: attempts never overlap, and for each there is a reason."""

from collections import Counter
from collections.abc import Iterator

from chaos.evidence import Evidence, Fault, Row, Violation

_LIVE = ("queued", "running")
_SLACK = 15.0  #: seconds within which an attempt that a fault has ended is seen to have ended
_HEARING = 1.0  #: seconds until a signal is acted on, or the end of a zygote is noticed
_AGAIN = (
    3.0  #: seconds within which a host that was silent has shown itself, and from its last sign
)
#: faults after which attempts fail whose processes they did not touch
_FAIL_ANY = ("disk.",)


def never_overlap(evidence: Evidence) -> Iterator[Violation]:
    """I2: by the locks, by the tokens, and by the database's own column."""
    for line in evidence.lines:
        if line.kind == "OVERLAP":
            yield Violation("I2", f"{line.token} began while another attempt lived", line.ti)
    for token, lines in evidence.lines_of.items():
        if sum(line.kind == "start" for line in lines) > 1:
            yield Violation("I2", f"{token} was started twice", lines[0].ti)
    live = Counter(row.ti_id for row in evidence.rows("attempt") if row.state in _LIVE)
    for key, count in live.items():
        if count > 1:
            yield Violation("I2", f"{count} live attempts", evidence.name_of[key])


def accounted_for(evidence: Evidence) -> Iterator[Violation]:
    """I10: attempts are as many as reasons for them; effects are no more than attempts."""
    known = {row.id for row in evidence.rows("attempt")}
    for token, lines in evidence.lines_of.items():
        if token not in known:
            yield Violation("I10", f"{token} ran and is unknown to the database", lines[0].ti)
    for key, row in evidence.tis.items():
        for text in _wrong(evidence, row, evidence.attempts_of.get(key, [])):
            yield Violation("I10", text, evidence.name_of[key])


def _wrong(evidence: Evidence, row: Row, attempts: list[Row]) -> Iterator[str]:
    numbers = [one.number for one in attempts]
    if numbers != list(range(1, row.attempt_number + 1)):
        yield f"attempts {numbers}, but the task instance counts {row.attempt_number}"
    for one in attempts:
        yield from _unexplained(evidence, one)
        kinds = Counter(line.kind for line in evidence.lines_of.get(one.id, ()))
        if kinds["effect"] > 1 or kinds["end"] > 1:
            yield f"attempt {one.number} had its effect {kinds['effect']} times"
        if one.state == "success" and (kinds["effect"], kinds["end"]) != (1, 1):
            yield f"attempt {one.number} succeeded, the ledger has {dict(kinds)}"
    successes = sum(one.state == "success" for one in attempts)
    if successes > 1 or (row.state == "success" and attempts and not successes):
        yield f"it is {row.state} after {successes} attempts that succeeded"
    if row.state == "failed" and not _is_at_its_end(evidence, row, attempts):
        yield f"it failed with tries left: {row.reason}"


def _is_at_its_end(evidence: Evidence, row: Row, attempts: list[Row]) -> bool:
    if row.try_number > row.max_tries:
        return True
    lost = 0
    for one in reversed(attempts):
        if one.state != "lost":
            break
        lost += 1
    return lost > evidence.max_lost


def _unexplained(evidence: Evidence, one: Row) -> Iterator[str]:
    """Say which attempt has ended badly without a fault, or a task, that is to blame."""
    if one.state == "lost" and not _may_be_lost(evidence, one):
        yield f"attempt {one.number} was lost without a fault: {one.reason}"
    if one.state == "failed" and not _may_fail(evidence, one):
        yield f"attempt {one.number} failed without a fault: {one.reason}"


def _may_be_lost(evidence: Evidence, one: Row) -> bool:
    if any(_loses(fault, one, evidence) for fault in evidence.faults):
        return True
    ended = one.ended_at or float("inf")
    return any(
        since <= ended <= until + _SLACK and one.created_at <= until
        for since, until in _silences(evidence, one.host_id)
        if until - since + _AGAIN >= evidence.lease
    )


def _silences(evidence: Evidence, host: str | None) -> list[tuple[float, float]]:
    """Return when a host could not reach the database; what follows at once is one silence."""
    found: list[tuple[float, float]] = []
    for fault in sorted(evidence.faults, key=lambda one: one.since):
        if fault.not_applied or not fault.holds_up(host):
            continue
        if found and fault.since <= found[-1][1] + _AGAIN:
            found[-1] = (found[-1][0], max(found[-1][1], fault.until))
        else:
            found.append((fault.since, fault.until))
    return found


def _loses(fault: Fault, one: Row, evidence: Evidence) -> bool:
    return _is_near(fault, one, evidence) and (fault.host or _hits(fault, one, evidence))


def _may_fail(evidence: Evidence, one: Row) -> bool:
    if any(line.kind == "raise" for line in evidence.lines_of.get(one.id, ())):
        return True
    near = [fault for fault in evidence.faults if _is_near(fault, one, evidence)]
    return any(fault.kind.startswith(_FAIL_ANY) or _hits(fault, one, evidence) for fault in near)


def _is_near(fault: Fault, one: Row, evidence: Evidence) -> bool:
    ended = one.ended_at or float("inf")
    begun_before = fault.not_applied is None and one.created_at <= fault.until + _HEARING
    return begun_before and fault.since <= ended <= _seen_by(fault, evidence, one.host_id)


def _seen_by(fault: Fault, evidence: Evidence, host: str | None) -> float:
    """When an attempt that the fault has ended is seen to have ended: others may delay that."""
    moment = fault.until + _SLACK
    for other in sorted(evidence.faults, key=lambda one: one.since):
        if other.holds_up(host) and fault.since <= other.since < moment:
            moment = max(moment, other.until + _SLACK)
    return moment


def _hits(fault: Fault, one: Row, evidence: Evidence) -> bool:
    """Whether a process of the attempt's is among the fault's; before its first line, its own pid."""
    pids = {line.pid for line in evidence.lines_of.get(one.id, ())} | {one.pid}
    return bool(pids & set(fault.pids)) or (not evidence.lines_of.get(one.id) and bool(fault.pids))
