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


class Bucket(Answer):
    """How many figures were up to a bound; None = all of them."""

    le: float | None
    count: int


class HistogramMetric(Answer):
    """A histogram: its name as in Prometheus, what it counts, and how its figures are spread."""

    name: str
    help: str
    buckets: list[Bucket]
    sum: float
    count: int


class Metrics(Answer):
    """All gauges at one moment, and what was counted until then."""

    metrics: list[Metric]
    histograms: list[HistogramMetric]
