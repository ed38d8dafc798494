"""Hosts of a cluster as processes, over a real broker."""

import pytest
from kombu.connection import Connection
from kombu.utils.url import parse_url
from required import running

from chaos.proxy import Proxy
from cluster import Cluster
from couture_scheduler.executors.celery_app import make_app
from servers import RabbitMQ


@pytest.fixture(scope="session")
def broker():
    """A running broker; whoever kills it starts it again."""
    with running(RabbitMQ) as broker:
        yield broker


@pytest.fixture
def broker_url(broker):
    """The broker without messages of other tests."""
    with Connection(broker.url) as connection:
        for name in ("default", "gpu"):
            connection.default_channel.queue_delete(name)
    return broker.url


@pytest.fixture
def line(broker):
    """A way to the broker of which a test can dispose."""
    line = Proxy(broker.port)
    yield line
    line.close()


@pytest.fixture
def line_url(broker_url, line):
    """The broker's URL, over `line`."""
    user = parse_url(broker_url)
    return f"amqp://{user['userid']}:{user['password']}@127.0.0.1:{line.port}//"


@pytest.fixture
def lease():
    """Seconds after which a host that is silent has ended what it runs."""
    return 3.0


@pytest.fixture
def ring_again():
    """Seconds after which a doorbell is rung again, though no slot is free."""
    return 2.0


@pytest.fixture
def cluster(tmp_path, url, broker_url, lease, ring_again):
    """A scheduler host; tests start the worker hosts that they want."""
    cluster = Cluster(
        tmp_path / "home",
        url,
        broker_url,
        slots=4,
        heartbeat_seconds=0.5,
        ring_again_seconds=ring_again,
        host_lease_seconds=lease,
        stop_grace_seconds=2.0,
    )
    cluster.start_host("s1", "scheduler")
    yield cluster
    cluster.stop()


@pytest.fixture
def app(cluster):
    """Celery as an operator's own program has it: Flower, or `celery control`."""
    return make_app(cluster.settings)
