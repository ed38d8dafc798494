"""What a check has found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what it is.
        problem: sentences that say what is wrong and what to do; None = it is as it should be.
    """

    name: str
    problem: str | None = None
