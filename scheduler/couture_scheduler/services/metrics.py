"""Figures of the deployment, for Prometheus and others who ask regularly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from couture_scheduler.db.database import Tx
from couture_scheduler.engine.loop_figures import LoopFigures, total
from couture_scheduler.schemas.metrics import Bucket, HistogramMetric, Metric, Metrics, Sample
from couture_scheduler.services.hosts import is_present
from couture_scheduler.services.jobs import dead_after
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import metrics

if TYPE_CHECKING:
    from prometheus_client.core import HistogramMetricFamily


@service("can_list", "PoolModelView")
def get_metrics(tx: Tx, call: Call) -> Metrics:
    """Return what waits, what runs, how full the pools are, and who is there.

    The figures are about all DAGs, so the permission is one that nobody holds for some DAGs only.
    """
    since = tx.now - dead_after(call.workflow.settings)
    histograms = list(_histograms(total(metrics.list_figures(tx, since))))
    return Metrics(metrics=list(_metrics(tx)), histograms=histograms)


def as_text(answer: Metrics) -> str:
    """Return the figures in Prometheus' text format (version 0.0.4)."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    for metric in answer.metrics:
        if not metric.samples:  # a gauge without labels would say that there is one figure, 0
            continue
        names = sorted({name for sample in metric.samples for name in sample.labels})
        gauge = Gauge(metric.name, metric.help, names, registry=registry)
        for sample in metric.samples:
            one = gauge.labels(**sample.labels) if names else gauge
            one.set(sample.value)
    registry.register(_Histograms(answer.histograms))
    return generate_latest(registry).decode()


class _Histograms:
    """Those that were counted elsewhere, as prometheus_client writes them."""

    def __init__(self, histograms: Sequence[HistogramMetric]) -> None:
        self._histograms = histograms

    def collect(self) -> "Iterator[HistogramMetricFamily]":
        from prometheus_client.core import HistogramMetricFamily

        for one in self._histograms:
            buckets = [(_bound(bucket), bucket.count) for bucket in one.buckets]
            yield HistogramMetricFamily(one.name, one.help, buckets=buckets, sum_value=one.sum)


def _bound(bucket: Bucket) -> str:
    return "+Inf" if bucket.le is None else str(float(bucket.le))


def _metrics(tx: Tx) -> Iterator[Metric]:
    queues, pools = metrics.list_queues(tx), metrics.list_pools(tx)
    yield _by(
        "couture_task_instances",
        "Task instances that wait or run",
        "state",
        dict.fromkeys(metrics.OPEN_TASKS, 0) | metrics.count_open_tasks(tx),
    )
    yield _by(
        "couture_dag_runs",
        "Runs that are queued or running",
        "state",
        dict.fromkeys(metrics.OPEN_RUNS, 0) | metrics.count_open_runs(tx),
    )
    yield _by(
        "couture_queue_depth",
        "Attempts that wait for a host",
        "queue",
        {row.queue: row.depth for row in queues},
    )
    yield _by(
        "couture_queue_age_seconds",
        "How long the first attempt of a queue has waited",
        "queue",
        {row.queue: _age(tx, row.since) for row in queues},
    )
    yield _by(
        "couture_attempts_running", "Attempts that a host runs", "host", metrics.count_running(tx)
    )
    for name, words in (
        ("slots", "Slots of a pool; -1 is no limit"),
        ("occupied", "Slots of a pool that are taken"),
        ("deferred", "Slots of a pool's deferred task instances"),
    ):
        sizes = {row.name: getattr(row, name) for row in pools}
        yield _by(f"couture_pool_{name}", words, "pool", sizes)
    late = metrics.first_late(tx)
    yield _one(
        "couture_schedule_lateness_seconds",
        "How long the run has been due that is the longest overdue; 0 where none is",
        _age(tx, late) if late else 0,
    )
    yield _one(
        "couture_import_errors", "Entries among the import errors", metrics.count_import_errors(tx)
    )
    beats = [
        ({"process": row.job_type, "host": row.hostname or ""}, _age(tx, row.at))
        for row in metrics.list_beats(tx)
    ]
    yield _metric("couture_heartbeat_age_seconds", "Since a process showed a sign of life", beats)

    yield from _of_hosts(tx)


def _of_hosts(tx: Tx) -> Iterator[Metric]:
    rows = [row for row in metrics.list_hosts(tx) if is_present(tx, row) or row.running]
    yield _by(
        "couture_host_slots",
        "How many attempts a host may run at once",
        "host",
        {row.id: row.slots for row in rows},
    )
    yield _by(
        "couture_host_lease_seconds",
        "How long what a host runs is its own; below 0 it is taken over",
        "host",
        {row.id: -_span(tx, row.lease_until) for row in rows if row.lease_until},
    )


def _histograms(figures: LoopFigures) -> Iterator[HistogramMetric]:
    for name, words, one in (
        ("scheduler_turn", "Turns of the schedulers' loops", figures.turns),
        (
            "run_created_late",
            "Scheduled runs: from when each was due until it was made",
            figures.created,
        ),
        (
            "run_started_late",
            "Scheduled runs: from when each was due until it ran",
            figures.started,
        ),
    ):
        sums = list(accumulate(one.counts))
        buckets = [Bucket(le=le, count=n) for le, n in zip([*one.bounds, None], sums, strict=True)]
        yield HistogramMetric(
            name=f"couture_{name}_seconds", help=words, buckets=buckets, sum=one.sum, count=sums[-1]
        )


def _span(tx: Tx, since: datetime) -> float:
    return (tx.now - since).total_seconds()


def _age(tx: Tx, since: datetime) -> float:
    return max(0.0, _span(tx, since))


def _one(name: str, words: str, value: float) -> Metric:
    return _metric(name, words, [({}, value)])


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    return _metric(name, words, [({label: str(key)}, value) for key, value in values.items()])


def _metric(name: str, words: str, values: Iterable[tuple[dict[str, str], float]]) -> Metric:
    samples = [Sample(labels=labels, value=value) for labels, value in values]
    return Metric(name=name, help=words, samples=samples)
