"""The same with real servers: the clock of a database's, and a RabbitMQ that is full."""

import subprocess
import time

import pytest
from required import running

from couture_scheduler.db import migrate
from couture_scheduler.db.database import Database
from couture_scheduler.doctor.broker import look_at_broker
from couture_scheduler.doctor.database import look_at_database
from couture_scheduler.executors.celery_app import DEFAULT_QUEUE
from couture_scheduler.settings import Settings
from servers import MariaDB, MySQL, RabbitMQ

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def broker():
    with running(RabbitMQ) as server:
        yield server


@pytest.fixture(scope="module", params=[MariaDB, MySQL], ids=lambda kind: kind.__name__)
def db(request):
    with running(request.param) as server:
        database = Database(server.url)
        migrate.upgrade(database)
        yield database
        database.close()


def test_a_clock_that_goes_right_has_no_problem(db):
    assert {one.name: one.problem for one in look_at_database(db)}["Clock of this host"] is None


@pytest.mark.parametrize(("seconds", "way"), [(7200, "s ahead of the"), (-3, "s behind the")])
def test_a_clock_that_goes_wrong_is_told(db, monkeypatch, seconds, way):
    from couture_scheduler.doctor import database

    class Wrong(database.datetime):
        @classmethod
        def now(cls, tz=None):
            return database.datetime.fromtimestamp(time.time() + seconds, tz)

    monkeypatch.setattr(database, "datetime", Wrong)
    found = {one.name: one.problem for one in look_at_database(db)}
    assert way in found["Clock of this host"]


def look(url, *queues):
    settings = Settings(executor="celery", broker_url=url)
    return {one.name: one.problem for one in look_at_broker(settings, queues)}


def test_a_real_broker_takes_a_message_and_knows_what_is_declared(broker):
    import kombu

    with kombu.Connection(broker.url) as connection:
        kombu.Queue(DEFAULT_QUEUE, channel=connection.default_channel).declare()
    broker_finding, *queues = look(broker.url, None, "heavy").values()
    assert broker_finding is None
    assert [problem is None for problem in queues] == [True, False]


def test_a_password_that_is_wrong_is_told(broker):
    [(_, problem)] = look(broker.url.replace("guest:guest", "guest:s3cret")).items()
    assert problem.startswith("It cannot be reached (")
    assert "s3cret" not in problem


def test_a_broker_that_is_full_is_told(broker):
    def set_limit(limit):
        command = [*broker.command[:-1], "/usr/lib/rabbitmq/bin/rabbitmqctl"]
        subprocess.run(
            [*command, "set_vm_memory_high_watermark", limit],
            check=True,
            capture_output=True,
            **broker._who(),
        )

    set_limit("0.0000001")
    try:
        [problem] = look(broker.url).values()
    finally:
        set_limit("0.4")
    assert "short of disk or memory" in problem
