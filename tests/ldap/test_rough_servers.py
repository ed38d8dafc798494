"""Servers that are silent, dead, slow or no directory: an answer in time, and nobody else waits."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from deployment import wait_until
from odd_servers import odd_server
from slapd import PASSWORD, free_port, open_directory, start_slapd

from couture_hub.directory import bounded, connection
from couture_scheduler.ldap.profile import DirectoryAway


@pytest.fixture
def impatient(monkeypatch):
    """Shorter limits, so that tests need not wait for the real ones."""
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 1)
    monkeypatch.setattr(bounded, "WHOLE_SECONDS", 3)


def at(slapd, port: int, scheme: str = "ldap", **more: object) -> dict[str, object]:
    return slapd.values(AUTH_LDAP_SERVER=f"{scheme}://127.0.0.1:{port}", **more)


def away(values: dict[str, object], seconds: float) -> str:
    """Return why nobody can be let in, within that time, and see that a trial says it too."""
    directory = open_directory(values)
    began = time.monotonic()
    with pytest.raises(DirectoryAway) as caught:
        directory.login("alice", PASSWORD)
    assert time.monotonic() - began < seconds
    assert "Try again in a minute" in str(caught.value)
    assert caught.value.why in [step.detail for step in directory.test().steps if step.ok is False]
    return caught.value.why


ENCRYPTIONS = [
    ("ldap", {}),
    ("ldap", {"AUTH_LDAP_USE_TLS": True}),
    ("ldaps", {}),
]


def test_a_silent_directory_is_given_up_in_time_and_nobody_else_waits(slapd, directory, silent):
    # with the real limits
    assert (connection.ANSWER_SECONDS, bounded.WHOLE_SECONDS) == (10, 15)
    silent_one = open_directory(at(slapd, silent))
    with ThreadPoolExecutor(3) as threads:
        began = time.monotonic()
        waiting = [threads.submit(silent_one.login, "alice", PASSWORD) for _ in range(3)]
        longest = 0.0
        while not all(one.done() for one in waiting):
            started = time.monotonic()
            assert directory().login("alice", PASSWORD).name == "alice"
            longest = max(longest, time.monotonic() - started)
        seconds = time.monotonic() - began
    assert 9 < seconds < 16
    assert longest < 3
    for one in waiting:
        assert "said nothing for 10 s" in one.exception().why


@pytest.mark.parametrize(("scheme", "more"), ENCRYPTIONS)
def test_silence_is_told_from_absence(slapd, silent, impatient, scheme, more):
    why = away(at(slapd, silent, scheme, **more), 4)
    assert "accepts connections but" in why


@pytest.mark.parametrize(("scheme", "more"), ENCRYPTIONS)
def test_a_dead_directory_is_told_at_once(slapd, scheme, more):
    assert "Nothing listens" in away(at(slapd, free_port(), scheme, **more), 2)


def test_a_directory_that_does_not_take_connections_is_given_up(slapd, impatient):
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for one in (first, second):  # the queue of what waits to be accepted is full
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        assert "did not take the connection" in away(at(slapd, full.getsockname()[1]), 4)


def test_a_directory_that_drips_is_given_up_as_a_whole(slapd, impatient):
    stop = threading.Event()

    def drip(client: socket.socket) -> None:
        # the beginning of an LDAP message of 100,000 bytes, then one byte now and then
        client.sendall(b"\x30\x83\x01\x86\xa0")
        while not stop.wait(0.3):
            client.sendall(b"\0")

    try:
        with odd_server(drip) as port:
            assert "took longer than 3 s" in away(at(slapd, port), 5)
    finally:
        stop.set()


def test_a_name_service_that_hangs_is_given_up(slapd, monkeypatch):
    monkeypatch.setattr(bounded, "WHOLE_SECONDS", 1)
    hangs = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: hangs.wait(20) and [])
    try:
        assert "took longer than 1 s" in away(slapd.values(), 3)
    finally:
        hangs.set()


HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" + b" " * 200


def answering(answer: bytes):
    def talk(client: socket.socket) -> None:
        while client.recv(4096):
            client.sendall(answer)

    return odd_server(talk)


@pytest.mark.parametrize(
    "answer",
    [
        HTTP,
        b"SSH-2.0-OpenSSH_9.2p1\r\n" + b" " * 200,
        b"220 mail.example.com ESMTP\r\n" + b" " * 200,
        b"\x30\x05\x02\x01\x01\x7f\x00",
        b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00" * 3,
        bytes(range(256)) * 4,
        b"\0" * 300,
        b"\xff" * 300,
    ],
    ids=["http", "ssh", "smtp", "odd message", "many answers", "bytes", "zeros", "ones"],
)
def test_what_is_no_directory_is_told(slapd, impatient, answer):
    with answering(answer) as port:
        assert f"127.0.0.1:{port}" in away(at(slapd, port), 5)


@pytest.mark.parametrize(("scheme", "more"), ENCRYPTIONS[1:])
def test_what_is_no_directory_is_told_before_anything_is_encrypted(slapd, impatient, scheme, more):
    with answering(HTTP) as port:
        assert f"127.0.0.1:{port}" in away(at(slapd, port, scheme, **more), 5)


@pytest.mark.parametrize(("scheme", "more"), ENCRYPTIONS)
def test_a_server_that_hangs_up_is_told(slapd, scheme, more):
    with odd_server(lambda client: client.close()) as port:
        assert f"127.0.0.1:{port}" in away(at(slapd, port, scheme, **more), 3)


def test_too_many_waiting_logins_are_turned_away_at_once(slapd, silent, monkeypatch, impatient):
    monkeypatch.setattr(bounded, "_free", threading.BoundedSemaphore(2))
    silent_one = open_directory(at(slapd, silent))
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(silent_one.login, "alice", PASSWORD) for _ in range(8)]
        whys = [one.exception().why for one in waiting]
    assert sum("wait for" in why for why in whys) == 6
    assert sum("said nothing" in why for why in whys) == 2
    # and their places are free again
    assert "said nothing" in away(at(slapd, silent), 4)


def test_a_directory_that_dies_and_comes_back_is_used_at_once(tmp_path):
    with start_slapd(tmp_path / "first") as first:
        directory = open_directory(first.values())
        assert directory.login("alice", PASSWORD) is not None
        first.stop()
        with pytest.raises(DirectoryAway):
            directory.login("alice", PASSWORD)
        first.start()
        assert directory.login("alice", PASSWORD) is not None


def test_no_connection_and_no_thread_is_left_over(slapd, directory):
    process = psutil.Process()

    def ours() -> set[int]:
        found = process.net_connections("tcp")
        return {one.fd for one in found if one.raddr and one.raddr.port == slapd.port}

    before = ours()
    for password in (PASSWORD, "wrong", PASSWORD):
        directory().login("alice", password)
        directory().test("alice", password)
    wait_until(lambda: ours() <= before, 5, "all connections closed")
    wait_until(
        lambda: not [one for one in threading.enumerate() if one.name == "ldap"],
        5,
        "all threads ended",
    )
