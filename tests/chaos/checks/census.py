"""I7: when an attempt is over, nothing of it runs; at the end nothing is left at all."""

from collections.abc import Iterator

from chaos.evidence import Evidence, Violation

_PATIENCE = 5.0


def check(evidence: Evidence) -> Iterator[Violation]:
    """Compare each census with the ends of the attempts."""
    ended = {row.id: row.ended_at for row in evidence.rows("attempt") if row.ended_at is not None}
    name = {row.id: evidence.name_of.get(row.ti_id) for row in evidence.rows("attempt")}
    told = set()
    for one in evidence.census:
        over = ended.get(one.token)
        if over is not None and one.wall > over + _PATIENCE and (one.pid, one.born) not in told:
            told.add((one.pid, one.born))
            text = f"process {one.pid} lived {one.wall - over:.1f} s after the end of {one.token}"
            yield Violation("I7", text, name[one.token])
    for ti in evidence.survivors:
        yield Violation("I7", "somebody held its lock when all was over", ti)
    for text in evidence.left:
        yield Violation("I7", f"left behind: {text}")
