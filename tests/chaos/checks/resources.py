"""I14: what has served everything is as small as what has served nothing."""

from collections.abc import Iterator

from chaos.evidence import Evidence, Violation

_SHARE = 1.1
#: caches that have a bound, and of files the connections of a consumer's 16 threads to its agent
_FLOOR = {"megabytes": 16.0, "files": 38.0, "connections": 2.0}


def check(evidence: Evidence) -> Iterator[Violation]:
    """Compare each role's memory, files and connections at the end with those at the start."""
    start, end = evidence.resources.get("start", {}), evidence.resources.get("end", {})
    for role, used in end.items():
        for what, now in used.items():
            before = start.get(role, {}).get(what, now)
            if now > before * _SHARE + _FLOOR[what]:
                yield Violation("I14", f"{role}: {now:.0f} {what}, {before:.0f} at the start")
