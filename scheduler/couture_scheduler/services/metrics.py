"""Figures of the deployment, for Prometheus and others who ask regularly."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from couture_scheduler.db.database import Tx
from couture_scheduler.schemas.metrics import Metric, Metrics, Sample
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import metrics


@service("can_list", "PoolModelView")
def get_metrics(tx: Tx, call: Call) -> Metrics:
    """Return what waits, what runs, how full the pools are, and who is there.

    The figures are about all DAGs, so the permission is one that nobody holds for some DAGs only.
    """
    return Metrics(metrics=list(_metrics(tx)))


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
    return generate_latest(registry).decode()


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


def _age(tx: Tx, since: datetime) -> float:
    return max(0.0, (tx.now - since).total_seconds())


def _one(name: str, words: str, value: float) -> Metric:
    return _metric(name, words, [({}, value)])


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    return _metric(name, words, [({label: str(key)}, value) for key, value in values.items()])


def _metric(name: str, words: str, values: Iterable[tuple[dict[str, str], float]]) -> Metric:
    samples = [Sample(labels=labels, value=value) for labels, value in values]
    return Metric(name=name, help=words, samples=samples)
