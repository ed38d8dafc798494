"""One line of the table."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """A figure, the limit that was measured in the same run, and the goal.

    Attributes:
        limit: what the machine allows at best, in the same unit; None = nothing to compare with.
        goal: what has to be reached; `more` says whether more is better.
    """

    what: str
    value: float
    unit: str
    goal: float
    more: bool = False
    limit: float | None = None
    limit_is: str = ""

    @property
    def reached(self) -> bool:
        return self.value >= self.goal if self.more else self.value <= self.goal

    @property
    def ratio(self) -> float | None:
        return None if not self.limit else self.value / self.limit

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio, "reached": self.reached}


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| what | measured | goal | limit, same run | ratio | reached |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        sign = "≥" if row.more else "≤"
        limit = f"{row.limit:.4g} {row.unit} ({row.limit_is})" if row.limit else ""
        ratio = f"{row.ratio:.2f}" if row.ratio else ""
        lines.append(
            f"| {row.what} | {row.value:.4g} {row.unit} | {sign} {row.goal:g} {row.unit} "
            f"| {limit} | {ratio} | {'yes' if row.reached else 'no'} |"
        )
    return "\n".join(lines)
