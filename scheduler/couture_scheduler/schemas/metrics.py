"""Figures for those who watch a deployment."""

from couture_scheduler.schemas.base import Answer


class Sample(Answer):
    """One figure of a metric."""

    labels: dict[str, str]
    value: float


class Metric(Answer):
    """A gauge: its name as in Prometheus, what it counts, and its figures."""

    name: str
    help: str
    samples: list[Sample]


class Metrics(Answer):
    """All gauges at one moment."""

    metrics: list[Metric]
