"""The engine over Celery, RabbitMQ and MariaDB, beside Celery alone on the same broker."""

import statistics
from pathlib import Path

from bench import raw_celery
from bench.engine import DAGS, span_of
from bench.row import Row
from cluster import Cluster
from servers import MariaDB, RabbitMQ

_ROUNDS = 5
_SLOTS = 32  #: of one host; an attempt holds one while its end waits for the next transaction


def rows(home: Path) -> list[Row]:
    """Measure on servers and hosts of its own."""
    broker, database = RabbitMQ(), MariaDB()
    broker.start()
    database.start()
    cluster = Cluster(home, database.url, broker.url, slots=_SLOTS)
    try:
        cluster.start()
        cluster.write("bench.py", DAGS)
        return [*_throughput(cluster, broker), _hop(cluster)]
    finally:
        cluster.stop()
        broker.stop()
        database.stop()


def _throughput(cluster: Cluster, broker: RabbitMQ) -> list[Row]:
    rates, raw, bells = [], [], []
    span_of(cluster, "many")
    for _ in range(_ROUNDS):
        rates.append(500 / span_of(cluster, "many"))
        raw.append(raw_celery.rate(broker.url, "prefork", 2))
        bells.append(raw_celery.rate(broker.url, "threads", 16))
    rate, limit = statistics.median(rates), statistics.median(raw)
    what = "no-op Python tasks a second over Celery, RabbitMQ and MariaDB, each in its own process"
    return [
        Row(what, rate, "/s", 300, True, limit, "raw Celery, no database, no process each"),
        Row("the same", rate, "/s", 300, True, statistics.median(bells), "raw Celery, 16 threads"),
    ]


def _hop(cluster: Cluster) -> Row:
    hops = [span_of(cluster, "chain") / 30 * 1000 for _ in range(_ROUNDS)]
    return Row("a hop in a chain of 30 over Celery", statistics.median(hops), "ms", 30)
