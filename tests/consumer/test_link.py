"""Asking the agent of this host, which may hang, end and come back."""

import pytest
from asked_agent import Agent

from couture_scheduler.consumer.link import AgentAway, AgentLink
from couture_scheduler.consumer.presence import Presence


@pytest.fixture
def path(tmp_path):
    return tmp_path / "agent.sock"


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
