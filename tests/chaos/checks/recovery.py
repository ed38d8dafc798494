"""I5: whom a fault has ended starts again, soon.

What another fault held up meanwhile is not counted, nor the pause that the product makes on purpose
when a task instance was lost twice in a row, nor the delay of a retry; where the agent of its host, or
of the next one, dies once more meanwhile, the time begins at that death.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from chaos.evidence import Evidence, Fault, Line, Ti, Violation

LIMIT = 10.0  #: seconds, for 99 of 100
_RETRY_DELAY = 1.0
_ENDS = ("end", "raise")
_FATAL = (".kill", ".term", "power.cut")


@dataclass(frozen=True)
class Recovery:
    """From a fault to the next sign of life of what it has ended."""

    fault: Fault
    ti: Ti | None
    seconds: float


def check(evidence: Evidence) -> Iterator[Violation]:
    """Nobody is forgotten, and of a hundred 99 are back in time."""
    for fault, line in hit(evidence):
        if _next_start(evidence, fault, line) is None and not _is_over(evidence, line.ti):
            yield Violation("I5", f"it never started again after fault {fault.number}", line.ti)
    slowest = sorted(recoveries(evidence), key=lambda one: one.seconds)
    for one in slowest[_count(slowest) :]:
        if one.seconds > 3 * LIMIT:
            text = f"{one.seconds:.1f} s after fault {one.fault.number}"
            yield Violation("I5", f"it started again {text}", one.ti)
    if slowest and (p99 := percentile([one.seconds for one in slowest], 0.99)) > LIMIT:
        yield Violation("I5", f"99 of 100 started again within {p99:.1f} s, not {LIMIT:g}")


def _count(things: list[Recovery]) -> int:
    return len(things) * 99 // 100


def recoveries(evidence: Evidence) -> list[Recovery]:
    """Return how long each attempt that a fault has ended, and each scheduler, was away."""
    found = []
    for fault, line in hit(evidence):
        following = _next_start(evidence, fault, line)
        if following is not None and _is_first_loss(evidence, line, following):
            pause = _RETRY_DELAY if following.try_number > line.try_number else 0.0
            host, other = map(evidence.host_of.get, (line.token, following.token))
            since = max(fault.since, *_deaths(evidence, fault, following.wall, {host, other}), 0.0)
            seconds = _undisturbed(evidence, since, following.wall, host) - pause
            found.append(Recovery(fault, line.ti, max(0.0, seconds)))
    return found + list(_schedulers(evidence))


def hit(evidence: Evidence) -> Iterator[tuple[Fault, Line]]:
    """Yield faults with the starts of the attempts that they have ended."""
    ended = {line.token: line.wall for line in evidence.lines if line.kind in _ENDS}
    starts = [line for line in evidence.lines if line.kind == "start"]
    by_pid: dict[int, list[Line]] = {}
    for line in starts:
        by_pid.setdefault(line.pid, []).append(line)
    for fault in evidence.faults:
        if fault.not_applied is None and fault.kind.endswith(_FATAL):
            for pid in fault.pids:
                before = [line for line in by_pid.get(pid, ()) if line.wall < fault.since]
                if before and ended.get(before[-1].token, float("inf")) > fault.since + 5:
                    yield fault, before[-1]


def _next_start(evidence: Evidence, fault: Fault, line: Line) -> Line | None:
    return next(
        (
            one
            for one in evidence.lines_of_ti[line.ti]
            if one.kind == "start" and one.wall > fault.since and one.token != line.token
        ),
        None,
    )


def _is_over(evidence: Evidence, ti: Ti) -> bool:
    keys = [key for key, name in evidence.name_of.items() if name == ti]
    return all(evidence.tis[key].state in ("success", "failed", "skipped") for key in keys)


def _is_first_loss(evidence: Evidence, line: Line, following: Line) -> bool:
    """Whether the attempt before was not lost, and none was between this one and the next start."""
    keys = {row.id: row.ti_id for row in evidence.rows("attempt")}
    attempts = evidence.attempts_of.get(keys.get(line.token, -1), [])
    order = {row.id: number for number, row in enumerate(attempts)}
    index = order.get(line.token, 0)
    was_lost = index > 0 and attempts[index - 1].state == "lost"
    return not was_lost and order.get(following.token, index + 1) == index + 1


def _deaths(evidence: Evidence, fault: Fault, until: float, hosts: set) -> Iterator[float]:
    """Yield when agents of these hosts died once more meanwhile: it is they who have to start."""
    for other in evidence.faults:
        if fault.since < other.since < until and hosts & set(other.hosts):
            yield other.since


def _undisturbed(evidence: Evidence, since: float, until: float, host: str | None = None) -> float:
    """Return the time in which no other fault held things up, on that host or all."""
    held, last = 0.0, since
    for other in sorted(evidence.faults, key=lambda one: one.since):
        holds = other.holds_up(host) or host in other.hosts
        if holds and other.until > last and other.since < until:
            held += min(other.until, until) - max(other.since, last)
            last = min(other.until, until)
    return until - since - held


def _schedulers(evidence: Evidence) -> Iterator[Recovery]:
    """Yield how long each killed scheduler was away: until its next process shows itself."""
    for fault in evidence.faults:
        if fault.actor is None or fault.not_applied is not None:
            continue
        host = fault.actor.partition("@")[2]
        born = [
            row.start_date
            for row in evidence.rows("job")
            if row.hostname == host and row.job_type == "SchedulerJob"
        ]
        after = min((moment for moment in born if moment > fault.since), default=None)
        if after is not None:
            yield Recovery(fault, None, _undisturbed(evidence, fault.since, after))


def percentile(numbers: list[float], share: float) -> float:
    """Return the smallest number that `share` of them do not exceed."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
