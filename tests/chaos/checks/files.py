"""What lies on disk: I8, files are whole; G18, no secret stands in the clear."""

from collections.abc import Iterator

from chaos.evidence import Evidence, Violation


def whole(evidence: Evidence) -> Iterator[Violation]:
    """Name the files that people can see in part."""
    for path in evidence.torn:
        yield Violation("I8", f"{path} is there in part")


def secrets(evidence: Evidence) -> Iterator[Violation]:
    """Name the places where the workload's secret stands; its tasks print, log and render it."""
    for place in evidence.leaks:
        yield Violation("G18", f"a secret stands in {place}")
