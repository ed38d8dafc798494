"""The agent's pool of kernels, against a zygote that does what the test says."""

import socket
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from couture_scheduler import ipc
from couture_scheduler.settings import Settings
from couture_scheduler.worker import kernels as module
from couture_scheduler.worker.kernel_files import MISSING
from couture_scheduler.worker.kernels import Kernels
from couture_scheduler.worker.ownership import Ownership
from couture_scheduler.worker.run_as import SELF, RunAs
from couture_scheduler.worker.zygotes import Handle


class Host:
    """A base zygote whose children are played by the test, and attempts that ask for kernels."""

    def __init__(self, settings: Settings):
        ours, self.control = ipc.pair()
        self.control.setblocking(False)
        self.handle = Handle("base:notebook", ours, ready=True)
        self.bases = {("notebook", None): self.handle}
        self.timers: list[Any] = []
        later = lambda _seconds, call: self.timers.append(call)  # noqa: E731
        self.kernels = Kernels(settings, self, later, Ownership(settings))
        self.answers: dict[str, ipc.Message] = {}

    def base(self, _flavour: str, _who: RunAs) -> Handle:
        return self.handle

    def end_base(self, _flavour: str, _uid: int | None) -> None:
        self.handle.gone = True

    def order(self, _handle: Handle, action: Any) -> None:
        action()

    def orders(self) -> list[str]:
        """Return what the zygote was told since the last call, as "op token"."""
        found = []
        while True:
            try:
                message, fds = ipc.receive(self.control)
            except BlockingIOError:
                return found
            for fd in fds:
                socket.close(fd)
            found.append(f"{message['op']} {message['token']}")

    def started(self, token: str) -> None:
        self.kernels.on_message({"op": "started", "token": token, "pid": 7})

    def ended(self, token: str, code: int) -> None:
        self.handle.tokens.discard(token)
        self.kernels.on_message({"op": "exit", "token": token, "code": code})

    def make_ready(self, number: int) -> None:
        self.started(f"kernel:{number}")
        self.ended(f"check:{number}", 0)
        self.orders()

    def ask(self, token: str, **message: Any) -> None:
        attempt = SimpleNamespace(token=token, who=SELF)
        reply = lambda answer: self.answers.update({token: answer})  # noqa: E731
        self.kernels.give(attempt, {"name": "python3", **message}, reply)

    def pass_time(self) -> None:
        timers, self.timers = self.timers, []
        for call in timers:
            call()


@pytest.fixture
def host(settings: Settings) -> Host:
    return Host(settings)


def test_a_warm_kernel_is_given_at_once_and_replaced_a_little_later(host: Host):
    host.kernels.warm("python3", SELF)
    host.make_ready(1)
    host.ask("t1")
    assert host.answers["t1"]["value"]["pid"] == 7
    assert host.orders() == []
    host.pass_time()
    assert host.orders() == ["kernel kernel:2"]


def test_once_closed_no_kernel_is_started_any_more(host: Host):
    host.kernels.warm("python3", SELF)
    host.make_ready(1)
    host.ask("t1")
    host.kernels.close()
    host.pass_time()
    assert host.orders() == []


def test_who_asks_before_one_is_ready_gets_the_one_that_is_being_started(host: Host):
    host.kernels.warm("python3", SELF)
    host.ask("t1")
    host.ask("t2")
    assert host.orders() == ["kernel kernel:1", "kernel kernel:2"]
    host.make_ready(2)
    assert list(host.answers) == ["t2"]
    host.make_ready(1)
    assert list(host.answers) == ["t2", "t1"]


def test_an_attempt_is_over_when_its_kernel_is_proved_dead(host: Host):
    host.ask("t1")
    host.make_ready(1)
    over = []
    host.kernels.end_of("t1", lambda: over.append(True))
    assert host.orders() == ["kill kernel:1"]
    assert not over
    host.ended("kernel:1", -9)
    assert over


def test_an_attempt_that_ends_while_its_kernel_is_being_forked_waits_for_it(host: Host):
    host.ask("t1")
    over = []
    host.kernels.end_of("t1", lambda: over.append(True))
    host.orders()
    host.started("kernel:1")
    assert host.orders() == ["kill kernel:1"]
    host.ended("kernel:1", -9)
    assert over
    assert not host.answers


def test_an_attempt_that_asks_again_has_both_its_kernels_ended(host: Host):
    host.ask("t1")
    host.make_ready(1)
    host.ask("t1")
    assert host.orders() == ["kill kernel:1", "kernel kernel:2"]
    host.make_ready(2)
    over = []
    host.kernels.end_of("t1", lambda: over.append(True))
    host.ended("kernel:2", -9)
    assert not over
    host.ended("kernel:1", -9)
    assert over


def test_an_attempt_without_a_kernel_is_over_at_once(host: Host):
    over = []
    host.kernels.end_of("t1", lambda: over.append(True))
    assert over


def test_a_kernel_that_fails_its_check_is_thrown_away_and_the_task_hears_why(host: Host):
    host.ask("t1")
    host.started("kernel:1")
    host.orders()
    host.ended("check:1", 1)
    assert host.orders() == ["kill kernel:1"]
    host.ended("kernel:1", -9)
    assert "'python3' did not start: it did not answer" in host.answers["t1"]["error"]


def test_a_missing_kernelspec_is_told_and_not_tried_again(host: Host):
    host.ask("t1")
    host.started("kernel:1")
    host.ended("kernel:1", MISSING)
    assert host.answers["t1"] == {"missing": "python3"}
    host.orders()
    host.pass_time()
    assert host.orders() == []


def test_how_a_kernel_ended_can_be_asked_before_and_after(host: Host):
    host.ask("t1")
    host.make_ready(1)
    told = []
    attempt = SimpleNamespace(token="t1", who=SELF)
    host.kernels.tell_end(attempt, told.append)
    host.ended("kernel:1", 3)
    host.kernels.tell_end(attempt, told.append)
    assert told == [{"value": "ended itself with exit code 3"}] * 2


def test_kernels_are_renewed_when_packages_change(host: Host, monkeypatch: pytest.MonkeyPatch):
    host.kernels.warm("python3", SELF)
    host.make_ready(1)
    monkeypatch.setattr(module, "_installed", lambda: (1, 2))
    host.ask("t1")
    assert host.orders() == ["kill kernel:1", "kernel kernel:2"]
    host.pass_time()
    host.orders()
    monkeypatch.setattr(module, "_installed", lambda: (3, 4))
    host.kernels.tick(lambda: False)
    assert host.orders() == ["kernel kernel:4"]  # the third dies as soon as it is forked
    host.started("kernel:3")
    assert host.orders() == ["kill kernel:3"]


def test_a_pool_that_nobody_uses_goes_unless_a_dag_will_use_it(
    host: Host, monkeypatch: pytest.MonkeyPatch
):
    host.kernels.warm("python3", SELF)
    host.make_ready(1)
    monkeypatch.setattr(module, "_IDLE_SECONDS", -1.0)
    host.kernels.tick(lambda: True)
    assert host.orders() == []
    host.kernels.tick(lambda: False)
    assert host.orders() == ["kill kernel:1"]
    host.ended("kernel:1", -9)
    assert not host.handle.gone
    host.kernels.tick(lambda: False)
    assert host.handle.gone


def test_a_warm_kernel_that_dies_is_replaced_but_one_that_cannot_start_is_not(host: Host):
    host.kernels.warm("python3", SELF)
    host.make_ready(1)
    host.ended("kernel:1", -11)
    host.pass_time()
    assert host.orders() == ["kernel kernel:2"]
    host.started("kernel:2")
    host.ended("kernel:2", 1)
    host.orders()
    host.pass_time()
    assert host.orders() == []


def test_a_kernel_that_is_lost_with_its_zygote_is_over(host: Host):
    host.ask("t1")
    host.make_ready(1)
    host.kernels.on_lost("kernel:1")
    over = []
    host.kernels.end_of("t1", lambda: over.append(True))
    assert over


def test_a_kernel_for_a_place_of_its_own_is_never_from_the_pool(host: Host):
    host.kernels.warm("python3", SELF)
    host.make_ready(1)
    host.ask("t1", cwd="/somewhere", env={"A": "1"})
    assert host.orders() == ["kernel kernel:2"]


def test_long_homes_have_their_sockets_elsewhere(home, settings: Settings):
    settings.home = str(home / ("long" * 25))
    settings.make_folders()
    host = Host(settings)
    host.kernels.warm("python3", SELF)
    (kernel,) = host.kernels._alive.values()
    assert len(kernel.files.base) < 100
    host.kernels.close()


def test_the_agent_imports_nothing_that_speaks_to_kernels():
    code = (
        "import couture_scheduler.worker.agent, sys;"
        "print({'zmq', 'jupyter_client', 'papermill', 'nbformat'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_notebook_zygote_can_be_forked_from():
    code = (
        "from couture_scheduler.worker.notebook import warm_imports; warm_imports();"
        "from couture_scheduler.worker.process import thread_count; import sys;"
        "print(thread_count(), 'rfc3987_syntax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1 False\n"
