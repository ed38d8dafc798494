import os

import pytest

from couture_scheduler import ipc


def test_a_message_arrives_whole_with_its_descriptors(tmp_path):
    a, b = ipc.pair()
    with a, b, (tmp_path / "x").open("w+") as file:
        ipc.send(a, {"op": "hello", "text": "ä"}, (file.fileno(),))
        message, fds = ipc.receive(b)
        os.write(fds[0], b"written by the receiver")
        os.close(fds[0])
    assert message == {"op": "hello", "text": "ä"}
    assert (tmp_path / "x").read_text() == "written by the receiver"


@pytest.mark.parametrize("size", [0, 1, ipc.LIMIT - 100, ipc.LIMIT + 1, 5_000_000])
def test_a_message_of_any_size_arrives(size: int):
    a, b = ipc.pair()
    with a, b:
        ipc.send(a, {"data": "x" * size})
        message, fds = ipc.receive(b)
    assert len(message["data"]) == size
    assert fds == []


def test_the_end_of_the_connection_is_none():
    a, b = ipc.pair()
    a.close()
    with b:
        assert ipc.receive(b) is None


def test_a_ring_is_heard_and_many_rings_are_one(tmp_path):
    bell = ipc.Bell(tmp_path, "agent")
    ringer = ipc.Ringer(tmp_path)
    for _ in range(1000):  # more than a socket's queue holds: nobody blocks
        assert ringer.ring("agent") == 1
    bell.hush()
    with pytest.raises(BlockingIOError):
        bell.socket.recv(1)
    bell.close()
    ringer.close()


def test_a_bell_whose_owner_is_gone_is_taken_down(tmp_path):
    bell = ipc.Bell(tmp_path, "agent")
    bell.socket.close()
    ringer = ipc.Ringer(tmp_path)
    assert ringer.ring("agent") == 0
    assert list(tmp_path.iterdir()) == []
    ringer.close()


def test_only_the_bells_of_one_kind_ring(tmp_path):
    agent, live = ipc.Bell(tmp_path, "agent"), ipc.Bell(tmp_path, "live")
    ringer = ipc.Ringer(tmp_path)
    ringer.ring("live")
    live.socket.recv(1)
    with pytest.raises(BlockingIOError):
        agent.socket.recv(1)
    for one in (agent, live, ringer):
        one.close()
