"""G20: what people have written runs in zygotes and below them, nowhere else."""

from collections.abc import Iterator

from chaos.evidence import Evidence, Violation

_ZYGOTE = "couture_scheduler.worker.zygote"


def check(evidence: Evidence) -> Iterator[Violation]:
    """Name the processes that have imported a DAG file and should not."""
    if evidence.lines and not evidence.imports:
        yield Violation("G20", "no import of a DAG file was written down")
    for one in evidence.imports:
        if _ZYGOTE not in one.split():
            yield Violation("G20", f"a DAG file was imported by {one}")
