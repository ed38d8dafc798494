"""The agent's side of the zygotes: starts them, keeps the recently used, proves their ends."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from couture_scheduler import ipc
from couture_scheduler.worker import process
from couture_scheduler.worker.run_as import SELF, RunAs

log = logging.getLogger(__name__)
_KEPT = 16
_IDLE_SECONDS = 300.0
_PRIVATE = ("COUTURE_", "JUPYTERHUB_", "JPY_", "JUPYTER_TOKEN")
_SHARED = ("COUTURE_HOME",)
_OF_MACHINE = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", *_SHARED)
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def child_environment(who: RunAs = SELF) -> dict[str, str]:
    """Return our environment without anything that authors must not see.

    Where `who` has a uid it is as bare as a login's, not ours.

    Numeric libraries start a thread a core when they are imported, and a file with threads cannot be
    forked. So they begin with one, which also keeps attempts that run side by side from fighting
    for cores. A task that wants more can say so (threadpoolctl), as can our own environment.
    """
    if who.uid is not None:
        name = who.account or "nobody"
        kept = {one: os.environ[one] for one in _OF_MACHINE if one in os.environ}
        own = {"HOME": who.home, "USER": name, "LOGNAME": name, "SHELL": "/bin/sh"}
        return _ONE_THREAD | kept | own
    return _ONE_THREAD | {
        name: value
        for name, value in os.environ.items()
        if name in _SHARED or not name.startswith(_PRIVATE)
    }


@dataclass
class Handle:
    """One zygote.

    Attributes:
        ready: it has said "loaded"; until then orders wait in `orders`.
        broken: why its file could not be imported; its orders fail with that.
        tokens: what runs below it.
        base: the zygote that it was forked from; None = it is one.
        uid: of its process and all below; None = the agent's own.
    """

    name: str
    control: socket.socket
    popen: subprocess.Popen[bytes] | None = None
    base: "Handle | None" = None
    uid: int | None = None
    ready: bool = False
    broken: str | None = None
    orders: list[Callable[[], None]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    last_used: float = field(default_factory=time.monotonic)
    started: float = field(default_factory=time.monotonic)
    gone: bool = False
    _unsent: deque[tuple[ipc.Message, tuple[int, ...]]] = field(default_factory=deque)

    def send(self, message: ipc.Message, fds: tuple[int, ...] = ()) -> None:
        """Send a request; where the zygote is behind with reading, keep it until there is room.

        Raises:
            OSError: the zygote is gone.
        """
        if not self._unsent:
            try:
                ipc.send(self.control, message, fds)
                return
            except BlockingIOError:
                asyncio.get_running_loop().add_writer(self.control, self._send_rest)
        self._unsent.append((message, tuple(map(os.dup, fds))))

    def _send_rest(self) -> None:
        while self._unsent:
            message, fds = self._unsent[0]
            try:
                ipc.send(self.control, message, fds)
            except BlockingIOError:
                return
            except OSError:  # it is gone, which its reader will notice
                break
            ipc.close_all(fds)
            self._unsent.popleft()
        self._stop_sending()

    def _stop_sending(self) -> None:
        asyncio.get_running_loop().remove_writer(self.control)
        while self._unsent:
            ipc.close_all(self._unsent.popleft()[1])

    def hang_up(self) -> None:
        """Close the control socket: the zygote ends all below it and itself."""
        self.gone = True
        if self.control.fileno() >= 0:
            self._stop_sending()
            asyncio.get_running_loop().remove_reader(self.control)
            self.control.close()


class Zygotes:
    """All zygotes of this agent.

    Args:
        on_message: called with (handle, message) for "started" and "exit" of attempts and parses.
        on_process: called with pid and uid of every zygote that was started.
        answer: answers what a file asks while it is imported.
        on_lost: called with the tokens whose processes are proved to be gone with their zygote.
        told: environment variables that tell author code about the deployment.
    """

    def __init__(
        self,
        on_message: Callable[[Handle, ipc.Message], None],
        on_lost: Callable[[set[str]], None],
        on_process: Callable[[int, int | None], None],
        answer: Callable[[ipc.Message], ipc.Message],
        told: Mapping[str, str] | None = None,
    ):
        self._on_message = on_message
        self._on_lost = on_lost
        self._on_process = on_process
        self._answer = answer
        self._told = dict(told or {})
        self._lease_ns: int | None = None
        self.bases: dict[tuple[str, int | None], Handle] = {}
        self.files: OrderedDict[tuple[str, str], Handle] = OrderedDict()
        self._forked: dict[
            str, Handle
        ] = {}  #: file zygotes by name, until their base tells the end

    def base(self, flavour: str = "plain", who: RunAs = SELF) -> Handle:
        """Return the base zygote of a flavour and a uid; start it where there is none."""
        key = (flavour, who.uid)
        handle = self.bases.get(key)
        if handle is None or handle.gone:
            handle = self.bases[key] = self._start_base(flavour, who)
        handle.last_used = time.monotonic()
        return handle

    def _start_base(self, flavour: str, who: RunAs) -> Handle:
        ours, theirs = ipc.pair()
        is_ours = who.uid is None
        with theirs:
            popen = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "couture_scheduler.worker.zygote"),
                    *(str(theirs.fileno()), flavour),
                ],
                pass_fds=[theirs.fileno()],
                env=child_environment(who) | self._told,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                user=who.uid,
                group=who.uid,
                extra_groups=None if is_ours else [],
                umask=-1 if is_ours else 0o027,
                cwd=None if is_ours else "/",  # it goes to its home itself, where we may not
            )
        self._on_process(popen.pid, who.uid)
        handle = Handle(f"base:{flavour}:{who.uid or ''}", ours, popen, uid=who.uid)
        self._watch(handle)
        self._tell_lease(handle)
        return handle

    def hold_until(self, until_ns: int) -> None:
        """Have all end by themselves at that `boot_ns`, unless this is called again before."""
        self._lease_ns = until_ns
        for base in self.bases.values():
            self._tell_lease(base)

    def _tell_lease(self, base: Handle) -> None:
        if self._lease_ns is not None and not base.gone:
            with contextlib.suppress(OSError):  # it is gone, which its reader will notice
                base.send({"op": "lease", "until_ns": self._lease_ns})

    def file(
        self,
        version_id: str,
        flavour: str,
        request: Callable[[], ipc.Message],
        who: RunAs = SELF,
    ) -> Handle:
        """Return the zygote that has a file version imported; fork it where there is none.

        A file version has one author, so that its zygote never serves two uids.
        """
        key = (version_id, flavour)
        handle = self.files.get(key)
        if handle is None or handle.gone:
            handle = self.files[key] = self._fork_file(key, request(), who)
        self.files.move_to_end(key)
        handle.last_used = time.monotonic()
        self._let_go(handle)
        return handle

    def _fork_file(self, key: tuple[str, str], request: ipc.Message, who: RunAs) -> Handle:
        ours, theirs = ipc.pair()
        base = self.base(key[1], who)
        name = f"file:{key[0][:12]}:{key[1]}:{os.urandom(3).hex()}"
        handle = self._watch(Handle(name, ours, base=base, uid=who.uid))
        self._forked[handle.name] = handle
        message = {**request, "op": "zygote", "token": handle.name}
        self.order(base, lambda: _hand_over(base, message, (theirs,)))
        return handle

    def order(self, handle: Handle, action: Callable[[], None]) -> None:
        """Do `action` when the zygote is loaded; now if it is."""
        if handle.ready:
            action()
        else:
            handle.orders.append(action)

    def _watch(self, handle: Handle) -> Handle:
        handle.control.setblocking(False)
        asyncio.get_running_loop().add_reader(handle.control, self._read, handle)
        return handle

    def _read(self, handle: Handle) -> None:
        sender = f"zygote {handle.name}"
        if ipc.take_all(handle.control, sender, lambda message: self._take(handle, message)):
            self._on_end(handle)

    def _take(self, handle: Handle, message: ipc.Message) -> None:
        if message.get("op") == "loaded":
            handle.ready, handle.broken = True, message.get("error")
            _do_all(handle)
            if handle.broken:  # the next attempt imports it anew: the reason may be gone
                self._close(handle)
        elif "token" not in message:  # asked by a file while it is imported
            with contextlib.suppress(OSError):
                ipc.send(handle.control, self._answer(message))
        elif not _is_sound(message):
            log.warning("From zygote %s: no message: %.200s", handle.name, message)
        elif (below := self._forked.get(message["token"])) is not None and below.base is handle:
            self._on_zygote(below, message)
        elif message["token"] in handle.tokens:
            if message["op"] == "exit":
                handle.tokens.discard(message["token"])
            self._on_message(handle, message)
        else:  # author code may send what it likes over the socket of its zygote
            log.warning("From zygote %s: of what is not its own: %.200s", handle.name, message)

    def _on_zygote(self, below: Handle, message: ipc.Message) -> None:
        """A file zygote was started, or has ended and everything below it was killed by its base."""
        if message["op"] == "started":
            self._on_process(message["pid"], below.uid)
            return
        below.hang_up()
        self._forget(below)

    def _on_end(self, handle: Handle) -> None:
        handle.hang_up()
        if handle.popen is None:
            return  # its base will tell when all below it is gone
        handle.popen.wait()
        known = {base.popen.pid for base in self.bases.values() if base.popen} - {handle.popen.pid}
        process.kill_orphans(known)
        self._forget(handle)
        for below in list(self._forked.values()):
            if below.base is handle:
                below.hang_up()
                self._forget(below)

    def _forget(self, handle: Handle) -> None:
        """Note that a zygote and all below it are gone."""
        self._forked.pop(handle.name, None)
        for key in [key for key, one in self.files.items() if one is handle]:
            del self.files[key]
        tokens, handle.tokens = handle.tokens, set()
        _do_all(handle)
        if tokens:
            self._on_lost(tokens)

    def _let_go(self, wanted: Handle | None = None) -> None:
        """End zygotes that are idle for long, or too many; not the one that is wanted now."""
        now = time.monotonic()
        for handle in [one for one in self.files.values() if one is not wanted]:
            old = now - handle.last_used > _IDLE_SECONDS or len(self.files) > _KEPT
            if old and handle.ready and not handle.tokens:
                self._close(handle)

    def let_go_idle(self) -> None:
        """End zygotes that nobody has used for a while; the base of our own uid stays."""
        self._let_go()
        now = time.monotonic()
        for (flavour, uid), base in list(self.bases.items()):
            if uid is not None and now - base.last_used > _IDLE_SECONDS:
                self.end_base(flavour, uid)

    def end_hanging(self, limit: float) -> None:
        """Kill zygotes whose file has not been imported within `limit` seconds."""
        now = time.monotonic()
        for handle in self._forked.values():
            base = handle.base
            if handle.ready or handle.broken or now - handle.started < limit:
                continue
            if base is None or base.gone:
                continue
            handle.broken = f"that took longer than {limit:g} s."
            with contextlib.suppress(OSError):
                base.send({"op": "kill", "token": handle.name, "signal": signal.SIGKILL})

    def end_base(self, flavour: str, uid: int | None = None) -> None:
        """End a base zygote of which nothing runs; who needs it starts it again."""
        base = self.bases.get((flavour, uid))
        if base is None or base.gone or not base.ready or base.tokens:
            return
        if not any(one.base is base for one in self._forked.values()):
            self._close(base)
            if base.popen:
                base.popen.wait(timeout=5)

    def _close(self, handle: Handle) -> None:
        for key in [key for key, one in self.files.items() if one is handle]:
            del self.files[key]
        handle.hang_up()

    def kill_all(self) -> None:
        """Kill all zygotes with everything below them, now; what ran is lost."""
        self._lease_ns = None
        for base in list(self.bases.values()):
            if base.popen and not base.gone:
                process.kill_tree(base.popen.pid)
                self._on_end(base)

    def close(self) -> None:
        """End all zygotes; they kill what is below them."""
        for handle in list(self.files.values()):
            self._close(handle)
        for base in self.bases.values():
            base.hang_up()
            if base.popen:
                base.popen.wait(timeout=5)


def _is_sound(message: ipc.Message) -> bool:
    """Say whether a message about a process has what it must have."""
    wanted: dict[str, tuple[str, ...]] = {"started": ("pid",), "exit": ("code",)}
    names = wanted.get(str(message.get("op")))
    is_named = isinstance(message.get("token"), str)
    return is_named and names is not None and all(type(message.get(one)) is int for one in names)


def _do_all(handle: Handle) -> None:
    """Do what waited for a zygote; one that fails does not keep the others from it."""
    orders, handle.orders = handle.orders, []
    for action in orders:
        try:
            action()
        except Exception:
            log.exception("An order to zygote %s failed", handle.name)


def _hand_over(base: Handle, message: ipc.Message, sockets: tuple[socket.socket, ...]) -> None:
    """Send a request with sockets that are the zygote's from now on.

    One that has ended is not told; its reader tells what was to run below it.
    """
    try:
        if not base.gone:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                base.send(message, tuple(sock.fileno() for sock in sockets))
    finally:
        for sock in sockets:
            sock.close()
