"""A host that is connected and hears nothing starts anew."""

import pytest
from celery import Celery

from couture_scheduler.consumer.hearing import Hearing


class Broker(Celery):
    """A broker that takes messages, or none."""

    is_there = True

    def __init__(self):
        super().__init__("test", set_as_current=False)
        self.sent: list[str] = []

    def send_task(self, _name, queue=None, **_):
        if not self.is_there:
            raise OSError("no broker")
        self.sent.append(queue)


class Pool:
    hears = True


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
def hearing(broker):
    ends: list[bool] = []
    hearing = Hearing(broker, "w1", on_deaf=lambda: ends.append(True))
    hearing.pool, hearing.ends = Pool(), ends
    return hearing


def test_a_host_whose_own_messages_do_not_arrive_starts_anew(hearing, broker):
    for _ in range(4):
        hearing.look()
    assert not hearing.ends
    hearing.look()
    assert hearing.ends
    assert set(broker.sent) == {"couture.ping.w1"}


def test_a_host_that_hears_itself_goes_on(hearing):
    for _ in range(20):
        hearing.look()
        hearing.heard()
    assert not hearing.ends


def test_a_broker_that_is_away_makes_nobody_deaf(hearing, broker):
    broker.is_there = False
    for _ in range(20):
        hearing.look()
    assert not hearing.ends


def test_a_host_with_no_free_slot_need_not_hear(hearing):
    hearing.pool.hears = False
    for _ in range(20):
        hearing.look()
    assert not hearing.ends
