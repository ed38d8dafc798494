"""Who waits for which attempt, and what each is answered."""

import pytest

from couture_scheduler.worker.orders import NOT_QUEUED, STOPPING, Orders


class Asked(dict):
    """Orders whose answers are kept by the name of who asked."""

    def __init__(self):
        super().__init__()
        self.orders = Orders()

    def add(self, who: str, token: str) -> None:
        self.orders.add(token, lambda answer: self.__setitem__(who, answer["state"]))


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_an_order_is_answered_when_its_attempt_is_over(asked: Asked):
    asked.add("a", "t1")
    asked.orders.settle(["t1"], {"t1"})
    assert asked == {}
    asked.orders.end("t1", "success")
    assert asked == {"a": "success"}


def test_an_attempt_that_is_not_to_be_had_is_answered_at_once(asked: Asked):
    asked.add("a", "t1")
    asked.orders.settle(["t1"], set())
    assert asked == {"a": NOT_QUEUED}


def test_a_second_message_about_an_attempt_does_not_wait_for_it(asked: Asked):
    asked.add("a", "t1")
    asked.add("b", "t1")
    asked.orders.settle(["t1"], {"t1"})
    asked.add("c", "t1")
    assert asked == {"b": NOT_QUEUED, "c": NOT_QUEUED}


def test_what_there_was_no_slot_for_stays_asked_for(asked: Asked):
    for number in range(3):
        asked.add("abc"[number], f"t{number}")
    asked.orders.settle(["t0", "t1"], {"t0", "t1"})
    assert asked.orders.tokens == ["t2"]


def test_a_host_that_is_stopped_sends_away_what_it_has_not_claimed(asked: Asked):
    asked.add("a", "t1")
    asked.add("b", "t2")
    asked.orders.settle(["t1"], {"t1"})
    asked.orders.refuse()
    assert asked == {"b": STOPPING}
    asked.orders.end("t1", "lost")
    assert asked["a"] == "lost"
