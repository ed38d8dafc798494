"""The parts of the rig: plans that can be replayed, work that adds up, a bad network."""

import contextlib
import re
import socket
import threading
import time
from pathlib import Path

import pytest

from chaos.plan import Range, make_plan
from chaos.proxy import Proxy
from chaos.workload import SHAPES, SHARES, order_of_runs

ROOT = Path(__file__).parents[2]
KINDS = {"a.kill": Range(3), "b.pause": Range(1, 1, 5), "c.rare": Range(0.01)}


def test_the_same_seed_plans_the_same_faults_and_another_seed_others():
    assert make_plan(7, KINDS, 50, 100) == make_plan(7, KINDS, 50, 100)
    assert make_plan(7, KINDS, 50, 100) != make_plan(8, KINDS, 50, 100)


def test_each_kind_of_fault_is_planned_once_at_least_and_within_its_bounds():
    plan = make_plan(1, KINDS, 20, 100)
    assert {one.kind for one in plan} == set(KINDS)
    assert all(5 <= one.at <= 100 for one in plan)
    assert all(1 <= one.seconds <= 5 for one in plan if one.kind == "b.pause")


def test_the_same_seed_triggers_the_same_runs_with_as_many_tasks_as_asked_for():
    order = list(order_of_runs(3, 1000))
    assert order == list(order_of_runs(3, 1000))
    assert sum(SHARES[name][1] for name in order) in range(1000, 1010)
    assert set(order) == set(SHAPES)


@pytest.fixture
def line():
    """A client's socket through the proxy to a server that echoes; and the proxy."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo() -> None:
            peer, _ = server.accept()
            with peer, contextlib.suppress(ConnectionResetError):
                while data := peer.recv(65536):
                    peer.sendall(data)

        thread = threading.Thread(target=echo, daemon=True)
        thread.start()
        proxy = Proxy(server.getsockname()[1])
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
            yield client, proxy
        proxy.close()


def ask(client: socket.socket, text: bytes = b"hello") -> bytes:
    client.sendall(text)
    return client.recv(len(text))


def test_a_good_network_passes_everything_on(line):
    client, _ = line
    assert ask(client) == b"hello"


def test_a_slow_one_takes_its_time_in_each_direction(line):
    client, proxy = line
    proxy.to_server.delay = proxy.to_client.delay = 0.1
    began = time.monotonic()
    assert ask(client) == b"hello"
    assert time.monotonic() - began >= 0.2


def test_what_a_silent_one_has_kept_follows(line):
    client, proxy = line
    proxy.to_client.silent = True
    client.sendall(b"hello")
    client.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.recv(5)
    proxy.heal()
    client.settimeout(5)
    assert client.recv(5) == b"hello"


def test_one_that_cuts_lets_so_many_bytes_through_and_resets(line):
    client, proxy = line
    proxy.to_client.budget = 3
    client.sendall(b"hello")
    got = b""
    with pytest.raises(ConnectionResetError):
        while part := client.recv(5):
            got += part
        raise ConnectionResetError
    assert len(got) <= 3


def test_a_reset_ends_every_connection(line):
    client, proxy = line
    assert ask(client) == b"hello"
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        client.recv(5)


def test_one_that_forgets_passes_a_commit_on_and_ends_the_connection(line):
    client, proxy = line
    proxy.forgets = b"claims"
    assert ask(client, b"COMMIT") == b"COMMIT"
    assert ask(client, b"claims") == b"claims"
    with pytest.raises(ConnectionResetError):
        ask(client, b"COMMIT")


def test_every_promise_names_a_test_that_is_there():
    named = re.findall(
        r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "reliability.md").read_text()
    )
    assert len(named) > 15
    for path, name in named:
        assert re.search(rf"(def {name}\(|^{name} = )", (ROOT / path).read_text(), re.M), name
