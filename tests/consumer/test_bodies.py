"""Attempts that the agent of this host runs for messages; it may be away, end and come back."""

import select
import socket
from types import SimpleNamespace

import pytest
from asked_agent import Agent

from couture_scheduler import ipc
from couture_scheduler.consumer import bodies as module
from couture_scheduler.consumer.bodies import AGENT_AWAY, Bodies, Order


class Loop:
    """An event loop as kombu has it, turned by hand; time passes only there."""

    def __init__(self):
        self.readers, self.later, self.now = {}, [], 0.0

    def add_reader(self, fd, call):
        self.readers[fd] = call

    def remove_reader(self, fd):
        self.readers.pop(fd, None)

    def call_later(self, seconds, call):
        self.later.append((self.now + seconds, call))

    def turn(self):
        """Read what there is within a second; where there is nothing, have time pass."""
        if self.readers and (found := select.select(self.readers, [], [], 1)[0]):
            self.readers[found[0]]()
            return
        self.now, call = self.later.pop(0)
        call()


@pytest.fixture
def loop(monkeypatch):
    loop = Loop()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: loop.now))
    return loop


@pytest.fixture
def path(tmp_path):
    return tmp_path / "agent.sock"


@pytest.fixture
def bodies(path, loop):
    bodies = Bodies(path)
    bodies.register(loop)
    return bodies


class Ends:
    """Begins bodies and hears of their ends."""

    def __init__(self, bodies, loop):
        self.bodies, self.loop = bodies, loop
        self.found: dict[str, str] = {}

    def begin(self, *tokens):
        for token in tokens:
            self.bodies.begin(
                Order(token, "default"),
                lambda state, token=token: self.found.update({token: state}),
            )

    def wait(self, count):
        for _ in range(200):
            if len(self.found) >= count:
                return self.found
            self.loop.turn()
        raise AssertionError(f"only {self.found} are over")


@pytest.fixture
def ends(bodies, loop):
    return Ends(bodies, loop)


def test_all_are_asked_for_over_one_connection_and_end_one_by_one(path, bodies, ends):
    agent = Agent(path, {"state": "success"}, {"state": "failed"})
    ends.begin("a", "b", "c")
    assert ends.wait(2) == {"a": "success", "b": "failed"}
    assert bodies.orders == [Order("c", "default")]
    assert [one["token"] for one in agent.asked] == ["a", "b"]


def test_two_messages_of_one_attempt_get_an_answer_each(path, bodies, ends):
    Agent(path, {"state": "success"}, {"state": "not queued"})
    states: list[str] = []
    for _ in range(2):
        bodies.begin(Order("a", "default"), states.append)
    while len(states) < 2:
        ends.loop.turn()
    assert states == ["success", "not queued"]


def test_an_agent_that_ended_before_it_answered_is_asked_again(path, ends):
    agent = Agent(path, None, {"state": "success"})
    ends.begin("a")
    assert ends.wait(1) == {"a": "success"}
    assert [one["token"] for one in agent.asked] == ["a", "a"]


def test_a_connection_of_an_agent_that_has_ended_loses_no_order(path, ends):
    Agent(path, {"state": "success"}, None, {"state": "failed"})
    ends.begin("a")
    ends.wait(1)
    ends.begin("b")
    assert ends.wait(2) == {"a": "success", "b": "failed"}


def test_an_agent_that_is_not_there_is_waited_for_only_so_long(bodies, ends, loop):
    ends.begin("a")
    assert ends.wait(1) == {"a": AGENT_AWAY}
    assert loop.now == pytest.approx(10, abs=0.3)
    assert bodies.orders == []


def test_an_agent_that_runs_it_for_long_is_not_taken_for_away(path, ends, loop):
    Agent(path, {"state": "success"}, None, {"state": "success"})
    ends.begin("a")
    ends.wait(1)
    ends.begin("b")
    loop.now = 3600.0
    assert ends.wait(2)["b"] == "success"


def test_more_than_the_agent_s_socket_takes_follows_later(path, ends, loop):
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ipc.address(path) as place:
        listening.bind(place)
    listening.listen(1)
    tokens = [f"t{number}" for number in range(1000)]
    ends.begin(*tokens)
    client, _ = listening.accept()
    client.settimeout(5)
    for _ in tokens:
        if loop.later:
            _, call = loop.later.pop(0)
            call()
        message, _ = ipc.receive(client)
        ipc.send(client, {"id": message["id"], "report": {"state": message["token"]}})
        loop.readers[next(iter(loop.readers))]()
    assert ends.found == {token: token for token in tokens}


def test_a_new_connection_to_the_broker_keeps_what_runs(path, bodies, ends, loop):
    Agent(path, {"state": "success"})
    ends.begin("a")
    loop.readers.clear()  # as Celery's loop does when the broker is away
    bodies.register(loop)
    assert ends.wait(1) == {"a": "success"}


def test_after_the_loop_has_ended_what_runs_is_waited_for(path, bodies, ends):
    Agent(path, {"state": "success"}, {"state": "success"})
    ends.begin("a", "b")
    bodies.drain()
    assert ends.found == {"a": "success", "b": "success"}
