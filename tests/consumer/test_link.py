"""Asking the agent of this host, which may hang, end and come back."""

import socket
import threading

import pytest

from couture_scheduler import ipc
from couture_scheduler.consumer.link import AgentAway, AgentLink
from couture_scheduler.consumer.presence import Presence


class Agent:
    """An agent's socket; `answers` are given in order, None = it ends instead."""

    def __init__(self, path, *answers):
        self.path = path
        self.asked: list[dict] = []
        self.listen()
        self._thread = threading.Thread(target=self._serve, args=(answers,), daemon=True)
        self._thread.start()

    def listen(self):
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ipc.address(self.path) as place:
            self.socket.bind(place)
        self.socket.listen(8)

    def _serve(self, answers):
        client = None
        for answer in answers:
            while client is None or (received := ipc.receive(client)) is None:
                client, _ = self.socket.accept()
            message, _ = received
            self.asked.append(message)
            if answer is None:
                client.close()
                client = None
                self.socket.close()
                self.listen()
            else:
                ipc.send(client, {"id": message["id"], "report": answer})
        self.client = client  # it hangs from now on


@pytest.fixture
def path(tmp_path):
    return tmp_path / "agent.sock"


def test_an_agent_that_ended_before_it_answered_is_asked_again(path):
    agent = Agent(path, None, {"state": "success"})
    assert AgentLink(path).run("token") == "success"
    assert [one["token"] for one in agent.asked] == ["token", "token"]


def test_a_connection_of_an_agent_that_has_ended_loses_no_order(path):
    agent = Agent(path, {"state": "success"}, None, {"state": "failed"})
    link = AgentLink(path)
    assert [link.run("a"), link.run("b")] == ["success", "failed"]
    assert [one["token"] for one in agent.asked] == ["a", "b", "b"]


def test_an_agent_that_is_not_there_is_waited_for_only_so_long(path):
    with pytest.raises(AgentAway):
        AgentLink(path).run("token", patience=0.0)


def test_an_agent_that_hangs_takes_no_orders(path):
    Agent(path)
    with pytest.raises(AgentAway):
        AgentLink(path).takes_orders(0.05)


def test_changes_of_what_the_agent_takes_are_told_once(path):
    Agent(path, *({"takes": takes} for takes in (True, False, False, True)))
    told: list[bool] = []
    presence = Presence(AgentLink(path), told.append)
    for _ in range(4):
        presence.look()
    assert told == [False, True]


def test_an_agent_that_goes_away_takes_no_orders(path):
    told: list[bool] = []
    Presence(AgentLink(path), told.append).look()
    assert told == [False]
