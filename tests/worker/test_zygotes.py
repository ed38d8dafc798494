"""The agent's side of the zygotes, against zygotes that do what the test says."""

import asyncio
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from couture_scheduler import ipc
from couture_scheduler.worker import zygotes as module
from couture_scheduler.worker.zygotes import Handle, Zygotes


class Base(Zygotes):
    """Zygotes whose base is played by the test at the other end of `control`."""

    def __init__(self) -> None:
        self.told: list[ipc.Message] = []
        self.lost: set[str] = set()
        super().__init__(
            lambda _, message: self.told.append(message),
            self.lost.update,
            lambda pid, uid: None,
            lambda _: {},
        )

    def _start_base(self, flavour: str, who: Any) -> Handle:
        ours, self.control = ipc.pair()
        self.control.setblocking(False)
        popen: Any = SimpleNamespace(pid=0, wait=lambda timeout=None: 0)
        ipc.send(self.control, {"op": "loaded"})
        return self._watch(Handle(f"base:{flavour}", ours, popen))

    async def forked(self) -> tuple[str, Any]:
        """Return name and control socket of the file zygote that is ordered next."""
        import socket

        await asyncio.sleep(0.01)
        message, fds = ipc.receive(self.control)
        return message["token"], socket.socket(fileno=fds[0])

    async def tell(self, sock: Any, **message: Any) -> None:
        ipc.send(sock, message)
        await asyncio.sleep(0.01)


def played(scenario):  # noqa: ANN001
    """Run an async scenario with a new Base."""

    def test(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module.process, "kill_orphans", lambda known: None)

        async def run() -> None:
            base = Base()
            try:
                await asyncio.wait_for(scenario(base, monkeypatch), 10)
            finally:
                base.close()

        asyncio.run(run())

    return test


@played
async def test_an_order_that_fails_does_not_keep_the_others_from_the_zygote(base, _):
    handle = base.file("v1", "plain", dict)
    done = []
    base.order(handle, lambda: 1 / 0)
    base.order(handle, lambda: done.append("second"))
    _, control = await base.forked()
    await base.tell(control, op="loaded")
    assert done == ["second"]


@played
async def test_requests_wait_in_order_while_the_zygote_is_behind(base, _):
    handle = base.base()
    await asyncio.sleep(0.01)
    read, write = os.pipe()
    for number in range(300):
        handle.send({"op": "x", "number": number, "text": "x" * 5000}, (write,))
    os.close(write)
    numbers = []
    while len(numbers) < 300:
        try:
            message, fds = ipc.receive(base.control)
        except BlockingIOError:
            await asyncio.sleep(0)
            continue
        numbers.append(message["number"])
        ipc.close_all(fds)
    assert numbers == list(range(300))
    assert os.read(read, 1) == b""  # every copy of the descriptor is closed
    os.close(read)


@played
async def test_what_ran_below_a_zygote_is_lost_even_if_another_has_taken_its_place(base, _):
    first = base.file("v1", "plain", dict)
    first.tokens.add("attempt")
    name, control = await base.forked()
    await base.tell(control, op="loaded")
    control.close()
    await asyncio.sleep(0.01)
    assert base.file("v1", "plain", dict) is not first
    await base.tell(base.control, op="exit", token=name, code=-9)
    assert base.lost == {"attempt"}


@played
async def test_when_the_base_ends_what_waited_for_a_file_is_told(base, _):
    handle = base.file("v1", "plain", dict)
    handle.tokens.add("attempt")
    told = []
    base.order(handle, lambda: told.append(handle.gone))
    await base.forked()
    base.control.close()
    await asyncio.sleep(0.01)
    assert told == [True]
    assert base.lost == {"attempt"}


@played
async def test_a_file_that_could_not_be_imported_is_imported_anew_the_next_time(base, _):
    first = base.file("v1", "plain", dict)
    _, control = await base.forked()
    await base.tell(control, op="loaded", error="ConnectionError: away")
    assert base.file("v1", "plain", dict) is not first


@played
async def test_the_zygote_that_is_wanted_now_is_not_the_one_that_goes(base, monkeypatch):
    monkeypatch.setattr(module, "_KEPT", 1)
    busy = base.file("v1", "plain", dict)
    busy.tokens.add("attempt")
    wanted = base.file("v2", "plain", dict)
    wanted.ready = True
    assert not base.file("v2", "plain", dict).gone


@played
async def test_a_file_whose_import_hangs_is_given_up(base, _):
    handle = base.file("v1", "plain", dict)
    told = []
    base.order(handle, lambda: told.append(handle.broken))
    name, _control = await base.forked()
    base.end_hanging(60)
    assert handle.broken is None
    base.end_hanging(0)
    assert ipc.receive(base.control)[0] == {"op": "kill", "token": name, "signal": 9}
    await base.tell(base.control, op="exit", token=name, code=-9)
    assert told == ["that took longer than 0 s."]


@played
async def test_what_is_no_message_is_passed_over(base, _):
    base.base().tokens.add("attempt")
    await asyncio.sleep(0.01)
    base.control.send(b"garbage")
    await base.tell(base.control, op="started", token="attempt", pid="1")
    await base.tell(base.control, op="exit", token="attempt")
    await base.tell(base.control, op="started", token="attempt", pid=1)
    assert [message["op"] for message in base.told] == ["started"]


@played
async def test_a_file_speaks_for_its_own_attempts_only(base, _):
    handle = base.file("v1", "plain", dict)
    other = base.file("v2", "plain", dict)
    _, control = await base.forked()
    name, _ = await base.forked()
    handle.tokens.add("mine")
    other.tokens.add("theirs")
    for token in ("theirs", "parse:1", "kernel:1", name):
        await base.tell(control, op="started", token=token, pid=1)
        await base.tell(control, op="exit", token=token, code=0, peak_kb=0)
    assert base.told == []
    assert not other.gone
    await base.tell(control, op="exit", token="mine", code=0, peak_kb=0)
    assert [message["token"] for message in base.told] == ["mine"]


@played
async def test_a_base_that_ended_a_moment_ago_loses_what_is_ordered_and_fails_nothing(base, _):
    base.base()
    await asyncio.sleep(0.01)
    base.control.close()
    handle = base.file("v1", "plain", dict)  # its end has not been read yet
    handle.tokens.add("attempt")
    await asyncio.sleep(0.01)
    assert handle.gone
    assert base.lost == {"attempt"}


def test_a_zygote_whose_agent_is_gone_ends_without_a_word():
    ours, theirs = ipc.pair()
    ours.close()
    command = [sys.executable, "-P", "-m", "couture_scheduler.worker.zygote"]
    with theirs:
        done = subprocess.run(
            [*command, str(theirs.fileno()), "plain"],
            pass_fds=[theirs.fileno()],
            capture_output=True,
            timeout=20,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")
