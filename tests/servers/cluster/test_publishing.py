"""Doorbells on their way to the broker."""

import uuid

import pytest
from amqp.channel import Channel
from kombu.connection import Connection

from couture_scheduler.executors.celery_app import DEFAULT_QUEUE, make_app
from couture_scheduler.executors.doorbells import Doorbells
from couture_scheduler.settings import Settings


@pytest.fixture
def doorbells(home, broker_url):
    doorbells = Doorbells(
        make_app(Settings(home=str(home), executor="celery", broker_url=broker_url)), 30
    )
    yield doorbells
    doorbells.close()


def test_messages_are_confirmed_by_the_batch_and_none_is_waited_for_alone(
    doorbells, broker_url, monkeypatch
):
    def wait(*_, **__):
        raise AssertionError("it was waited for alone")

    monkeypatch.setattr(Channel, "basic_publish_confirm", wait)
    doorbells.publish([(uuid.uuid4().hex, DEFAULT_QUEUE) for _ in range(20)])
    with Connection(broker_url) as connection:
        declared = connection.default_channel.queue_declare(DEFAULT_QUEUE, passive=True)
    assert declared.message_count == 20
