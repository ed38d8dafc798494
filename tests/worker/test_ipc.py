import os
import socket

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


def test_a_bell_may_hang_in_a_folder_with_a_long_name(tmp_path):
    folder = tmp_path / ("long" * 40)
    bell, ringer = ipc.Bell(folder, "agent"), ipc.Ringer(folder)
    assert ringer.ring("agent") == 1
    bell.socket.recv(1)
    bell.close()
    assert ringer.ring("agent") == 0
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


@pytest.mark.parametrize("data", [b"x", b"Jx", b"M", b"J[]", b"J" + b"[" * 30_000, b"Mmore"])
def test_what_is_no_message_is_refused_and_taken_away(data: bytes):
    a, b = ipc.pair()
    with a, b:
        a.send(data)
        ipc.send(a, {"op": "next"})
        with pytest.raises(ipc.MessageError):
            ipc.receive(b)
        assert ipc.receive(b) == ({"op": "next"}, [])


def test_descriptors_that_came_with_garbage_are_closed():
    a, b = ipc.pair()
    read, write = os.pipe()
    with a, b:
        socket.send_fds(a, [b"garbage"], [write])
        os.close(write)
        with pytest.raises(ipc.MessageError):
            ipc.receive(b)
        assert os.read(read, 1) == b""
    os.close(read)


def test_a_message_that_is_too_large_is_not_sent(monkeypatch):
    monkeypatch.setattr(ipc, "LARGEST", 1000)
    a, b = ipc.pair()
    with a, b, pytest.raises(ipc.MessageError, match="too much"):
        ipc.send(a, {"text": "x" * 1000})


def test_text_that_no_database_takes_arrives_as_text():
    a, b = ipc.pair()
    with a, b:
        ipc.send(a, {"name": "b\udce4d", "smile": "\U0001f600", "path": "C:\\ud"})
        message, _ = ipc.receive(b)
    assert message == {"name": "b?d", "smile": "\U0001f600", "path": "C:\\ud"}


def test_four_reports_of_any_size_find_room_before_one_is_read():
    a, b = ipc.pair()
    a.setblocking(False)
    with a, b:
        for size in (ipc.LIMIT - 100, ipc.LIMIT - 100, 150_000, ipc.LIMIT - 100):
            ipc.send(a, {"report": "x" * size})
        assert [len(ipc.receive(b)[0]["report"]) for _ in range(4)][2] == 150_000


def test_a_memory_that_is_cut_while_it_is_read_ends_nobody(monkeypatch):
    memfd = os.memfd_create("cut")
    os.truncate(memfd, 5_000_000)
    a, b = ipc.pair()
    with a, b:
        socket.send_fds(a, [b"M"], [memfd])
        found = os.fstat
        monkeypatch.setattr(os, "fstat", lambda fd: (found(fd), os.truncate(fd, 10))[0])
        with pytest.raises(ipc.MessageError):
            ipc.receive(b)
    os.close(memfd)


def test_what_is_no_memory_is_no_message(tmp_path):
    a, b = ipc.pair()
    read, write = os.pipe()
    with a, b, (tmp_path / "x").open("w+") as file:
        for fd in (file.fileno(), read, write):
            socket.send_fds(a, [b"M"], [fd])
            with pytest.raises(ipc.MessageError):
                ipc.receive(b)
    os.close(read)
    os.close(write)
