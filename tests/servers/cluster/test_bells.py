"""Bells that ring on one host ring on all."""

import select

import pytest
from deployment import wait_until

from couture_scheduler.executors.bridge import Bridge
from couture_scheduler.ipc import Bell, Ringer

_HEARTBEAT = b"\x08\x00\x00\x00\x00\x00\x00\xce"  #: a frame of AMQP 0-9-1


@pytest.fixture
def ring(tmp_path, broker_url, line_url):
    """Rings on one host and says whether it is heard on the other within a second."""
    bell = Bell(tmp_path / "there", "scheduler")
    bridges = [
        Bridge(line_url, tmp_path / "here", tmp_path / "here.lock"),
        Bridge(broker_url, tmp_path / "there", tmp_path / "there.lock"),
    ]
    ringer = Ringer(tmp_path / "here")

    def ring_it(seconds: float = 1.0) -> bool:
        ringer.ring("scheduler")
        heard = bool(select.select([bell], [], [], seconds)[0])
        bell.hush()
        return heard

    wait_until(lambda: ring_it(0.1), 20, "the hosts hear each other")
    yield ring_it
    for bridge in bridges:
        bridge.close()
    ringer.close()
    bell.close()


def test_a_ring_is_passed_on_at_once_though_the_broker_has_just_sent_a_heartbeat(ring, line):
    for _ in range(20):
        line.say(_HEARTBEAT)
        assert ring()
