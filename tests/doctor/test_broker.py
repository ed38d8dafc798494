"""The broker: away, without our queues, full."""

import pytest
from kombu.messaging import Producer

from couture_scheduler.doctor.broker import look_at_broker
from couture_scheduler.settings import Settings
from servers import free_port

MEMORY = "memory://couture:s3cret@broker//"


def ask(settings, *queues):
    return {one.name: one.problem for one in look_at_broker(settings, queues)}


@pytest.fixture
def celery(home):
    return Settings(home=str(home), executor="celery", broker_url=MEMORY)


def test_a_broker_that_takes_messages_has_no_problem(celery):
    [(name, problem)] = ask(celery).items()
    assert (name.split("//")[0], problem) == ("Broker memory:", None)
    assert "s3cret" not in name


def test_one_that_is_away_is_a_sentence_without_its_password(celery):
    celery.broker_url = f"amqp://couture:s3cret@127.0.0.1:{free_port()}//"
    [(name, problem)] = ask(celery, "default").items()
    assert problem.startswith("It cannot be reached (")
    assert "s3cret" not in name + problem


def test_none_at_all_is_a_sentence(celery):
    celery.broker_url = ""
    assert "COUTURE_BROKER_URL" in ask(celery)["Broker"]


def test_one_that_takes_no_message_is_told(celery, monkeypatch):
    def publish(*_, **__):
        raise TimeoutError

    monkeypatch.setattr(Producer, "publish", publish)
    [problem] = ask(celery).values()
    assert "short of disk or memory" in problem


def test_a_queue_that_it_does_not_know_is_told(celery):
    found = ask(celery, None, "heavy")
    assert "consumer is not connected" in found["Queue default of the broker"]
    assert "consumer is not connected" in found["Queue heavy of the broker"]


def test_the_doctor_asks_it_only_where_there_is_one(deployed, look):
    assert not [name for name in look() if name.startswith("Broker")]
    found = look(executor="celery", broker_url=MEMORY)
    assert [name for name in found if name.startswith("Broker")]
