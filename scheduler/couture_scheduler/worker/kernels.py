"""Kernels for notebook attempts, kept warm: the agent's side.

A kernel is a job of the notebook base zygote. It is handed to one attempt only, and is dead before
that attempt's ending is committed. What the kernels speak is not known here: the agent must not
import zmq.
"""

import contextlib
import itertools
import os
import shutil
import signal
import stat
import sysconfig
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from couture_scheduler import ipc
from couture_scheduler.settings import Settings
from couture_scheduler.worker.kernel_files import MISSING, SOCKET_LIMIT, KernelFiles
from couture_scheduler.worker.ownership import Ownership
from couture_scheduler.worker.run_as import RunAs
from couture_scheduler.worker.running import RunningAttempt
from couture_scheduler.worker.zygotes import Handle, Zygotes

USUAL_KERNEL = "python3"  #: kept warm before it is known which kernels the notebooks want
FLAVOUR = "notebook"
_IDLE_SECONDS = 900.0
_TAIL = 2000  #: bytes of a kernel's last words
_REFILL_AFTER = 0.3  #: seconds: a short notebook is over before the next kernel's start takes CPU
_KERNEL, _CHECK = "kernel:", "check:"
Reply = Callable[[ipc.Message], None]
Pool = tuple[str, RunAs]  #: kernelspec and whose


@dataclass
class Kernel:
    """One kernel.

    Attributes:
        stamp: what was installed when it was started.
        owner: the attempt that it was given to; None = in the pool.
        waiting: who is told when it is ready, or why it is not.
        on_end: called once its process and all below it is gone.
    """

    number: str
    name: str
    who: RunAs
    files: KernelFiles
    log: IO[bytes]
    stamp: tuple[int, ...]
    base: Handle
    owner: str | None = None
    pid: int | None = None
    ready: bool = False
    dying: bool = False
    ending: str | None = None
    waiting: Reply | None = None
    on_end: list[Callable[[], None]] = field(default_factory=list)

    @property
    def pool(self) -> "Pool":
        """The pool that it belongs to."""
        return self.name, self.who


class Kernels:
    """All kernels of this agent.

    Args:
        settings: size of the pool, folders.
        zygotes: where kernels are forked.
        later: call a function after some seconds.
    """

    def __init__(
        self,
        settings: Settings,
        zygotes: Zygotes,
        later: Callable[[float, Callable[[], None]], object],
        ownership: Ownership,
    ):
        self.ownership = ownership
        self.settings = settings
        self.zygotes = zygotes
        self._later = later
        self._alive: dict[str, Kernel] = {}
        self._given: dict[str, list[Kernel]] = {}
        self._used: dict[Pool, float] = {}
        self._numbers = itertools.count(1)
        self._folder: Path | None = None

    def warm(self, name: str, who: RunAs) -> None:
        """Keep kernels of this kernelspec ready for one person from now on."""
        self._used[name, who] = time.monotonic()
        self._refill((name, who))

    def give(self, attempt: RunningAttempt, message: ipc.Message, reply: Reply) -> None:
        """Answer a request {"name"} with a kernel: at once if one is ready, else when it is.

        With "cwd" and "env" in the request the kernel is started there, and none is kept warm.
        An attempt has one kernel at a time: asking again ends the one that it had.
        """
        name, who = pool = message["name"], attempt.who
        given = self._given.setdefault(attempt.token, [])
        for earlier in given:
            self._kill(earlier)
        if "cwd" in message:
            kernel = self._start(name, who, message["cwd"], message["env"])
        else:
            kernel = self._from_pool(pool) or self._start(name, who)
            self._used[pool] = time.monotonic()
            self._later(_REFILL_AFTER, lambda: self._refill(pool))
        kernel.owner, kernel.waiting = attempt.token, reply
        given.append(kernel)
        if kernel.ready:
            self._hand_over(kernel)

    def tell_end(self, attempt: RunningAttempt, reply: Reply) -> None:
        """Answer how the attempt's kernel ended; when it has."""
        given = self._given.get(attempt.token)
        kernel = given[-1] if given else None
        if kernel is None:
            reply({"error": "The task has no kernel."})
        elif kernel.number in self._alive:
            kernel.on_end.append(lambda: reply({"value": kernel.ending}))
        else:
            reply({"value": kernel.ending})

    def end_of(self, token: str, then: Callable[[], None]) -> None:
        """Kill what an attempt has of kernels and call `then` when nothing of them is left."""
        left = [one for one in self._given.pop(token, ()) if one.number in self._alive]
        if not left:
            then()
            return

        def one_ended() -> None:
            ended.append(True)
            if len(ended) == len(left):
                then()

        ended: list[bool] = []
        for kernel in left:
            kernel.waiting = None
            kernel.on_end.append(one_ended)
            self._kill(kernel)

    def owns(self, token: str) -> bool:
        """Say whether a token is a kernel's or a check's."""
        return token.startswith((_KERNEL, _CHECK))

    def on_message(self, message: ipc.Message) -> None:
        """A kernel or its check was started, or has ended."""
        kind, _, number = message["token"].partition(":")
        kernel = self._alive.get(number)
        if kernel is None:
            return
        if kind == "kernel" and message["op"] == "started":
            kernel.pid = message["pid"]
            if kernel.dying:
                self._kill(kernel)
                return
            self._order(kernel, "check_kernel", _CHECK, pid=kernel.pid)
        elif kind == "kernel":
            self._ended(kernel, describe_end(message["code"]), message["code"])
        elif message["op"] == "exit":
            self._checked(kernel, message["code"])

    def on_lost(self, token: str) -> None:
        """The zygote is gone, and everything below it."""
        kind, _, number = token.partition(":")
        if kind == "kernel" and number in self._alive:
            self._ended(self._alive[number], "was lost with its zygote")

    def tick(self, is_wanted: Callable[[], bool]) -> None:
        """Renew kernels that were started before a change of the installed packages, and let pools
        go that nobody has used for long, unless `is_wanted` says that they will be."""
        stamp = _installed()
        for pool, used in list(self._used.items()):
            if time.monotonic() - used > _IDLE_SECONDS:
                if pool[1].account is None and is_wanted():
                    self._used[pool] = time.monotonic()
                else:
                    del self._used[pool]
        for kernel in self._pool():
            if kernel.stamp != stamp or kernel.pool not in self._used:
                self._kill(kernel)
        for pool in self._used:
            self._refill(pool)
        for uid in {uid for flavour, uid in self.zygotes.bases if flavour == FLAVOUR}:
            if all(kernel.who.uid != uid for kernel in self._alive.values()):
                self.zygotes.end_base(FLAVOUR, uid)

    def close(self) -> None:
        """Remove the files and start no kernel any more; the zygotes have ended those that were."""
        self._used.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _pool(self, pool: Pool | None = None) -> list[Kernel]:
        """Return the kernels that nobody owns, those that are ready first."""
        found = [
            kernel
            for kernel in self._alive.values()
            if kernel.owner is None and not kernel.dying and pool in (None, kernel.pool)
        ]
        return sorted(found, key=lambda kernel: not kernel.ready)

    def _from_pool(self, pool: Pool) -> Kernel | None:
        stamp = _installed()
        for kernel in self._pool(pool):
            if kernel.stamp == stamp:
                return kernel
            self._kill(kernel)
        return None

    def _refill(self, pool: Pool) -> None:
        missing = self.settings.warm_kernels - len(self._pool(pool))
        for _ in range(missing if pool in self._used else 0):
            self._start(*pool)

    def _start(
        self, name: str, who: RunAs, cwd: str | None = None, env: dict | None = None
    ) -> Kernel:
        number = f"{next(self._numbers)}"
        files = KernelFiles(f"{self._make_folder(who)}/{number}")
        log = tempfile.TemporaryFile(dir=self._make_own_folder())  # noqa: SIM115 - no name, no link
        base = self.zygotes.base(FLAVOUR, who)
        kernel = self._alive[number] = Kernel(number, name, who, files, log, _installed(), base)
        where = {"cwd": cwd or who.home or str(self.settings.home_path), "env": env or {}}
        self._order(kernel, "kernel", _KERNEL, name=name, **where)
        return kernel

    def _order(self, kernel: Kernel, op: str, kind: str, **arguments: object) -> None:
        """Have the base zygote fork a kernel or a check, with a log of its own."""
        token, base = f"{kind}{kernel.number}", kernel.base
        base.tokens.add(token)

        def send() -> None:
            if base.gone or kernel.dying:
                self._ended(kernel, "was not started")
                return
            message = {"op": op, "token": token, "files": kernel.files.base, **arguments}
            try:
                base.send(message, (kernel.log.fileno(),))
            except (BrokenPipeError, ConnectionResetError):
                self._ended(kernel, "was not started")

        self.zygotes.order(base, send)

    def _checked(self, kernel: Kernel, code: int) -> None:
        if kernel.dying:
            return
        if code != 0:
            kernel.ending = "did not answer"
            self._kill(kernel)
            return
        kernel.ready = True
        if kernel.waiting:
            self._hand_over(kernel)

    def _hand_over(self, kernel: Kernel) -> None:
        reply, kernel.waiting = kernel.waiting, None
        if reply:
            reply({"value": {"files": kernel.files.base, "pid": kernel.pid}})

    def _kill(self, kernel: Kernel) -> None:
        """Kill a kernel with its tree; its end is proved by the zygote's message."""
        kernel.dying = True
        if kernel.pid is None or kernel.base.gone:
            return  # not forked yet, or its zygote's end proves it
        for kind in (_CHECK, _KERNEL):
            token = f"{kind}{kernel.number}"
            if token in kernel.base.tokens:
                message = {"op": "kill", "token": token, "signal": signal.SIGKILL}
                with contextlib.suppress(OSError):  # it is gone, which will be noticed
                    kernel.base.send(message)

    def _ended(self, kernel: Kernel, how: str, code: int | None = None) -> None:
        if self._alive.pop(kernel.number, None) is None:
            return
        kernel.ending = kernel.ending or how
        if kernel.waiting:
            reply, kernel.waiting = kernel.waiting, None
            reply(self._why_not_ready(kernel, code))
        if not kernel.dying and kernel.owner is None and kernel.ready:
            self._later(_REFILL_AFTER, lambda: self._refill(kernel.pool))
        elif code == MISSING or (not kernel.dying and not kernel.ready):
            self._used.pop(kernel.pool, None)  # it would not start the next time either
        kernel.files.remove()
        kernel.log.close()
        for call in kernel.on_end:
            call()

    def _why_not_ready(self, kernel: Kernel, code: int | None) -> ipc.Message:
        if code == MISSING:
            return {"missing": kernel.name}
        size = os.fstat(kernel.log.fileno()).st_size
        tail = os.pread(kernel.log.fileno(), _TAIL, max(0, size - _TAIL))
        lines = tail.decode(errors="replace").strip().splitlines()
        last = f" The last that it said: {lines[-1][:300]}" if lines else ""
        return {"error": f"A kernel {kernel.name!r} did not start: it {kernel.ending}.{last}"}

    def _make_folder(self, who: RunAs) -> Path:
        """Return a folder for the kernels of one uid, which it alone shares with us."""
        folder = self._make_own_folder()
        if who.uid is None:
            return folder
        folder /= f"{who.uid}"
        self.ownership.make_folder(folder, who)
        return folder

    def _make_own_folder(self) -> Path:
        """Return a folder that is short enough for the paths of sockets, emptied once."""
        if self._folder is None:
            folder = self.settings.run_path / "kernels"
            if len(str(folder)) + 12 > SOCKET_LIMIT:
                folder = Path(tempfile.mkdtemp(prefix="couture-"))
            folder.mkdir(mode=0o700, exist_ok=True)
            for place in [folder, *(one for one in folder.iterdir() if _is_folder(one))]:
                for left in place.iterdir():  # an old agent's; a folder there is somebody's own
                    with contextlib.suppress(OSError):
                        left.unlink()
            self._folder = folder
        return self._folder


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(path.lstat().st_mode)


def _installed() -> tuple[int, ...]:
    """Return what changes when a package is installed or removed."""
    paths = sysconfig.get_paths()
    return tuple(os.stat(paths[kind]).st_mtime_ns for kind in ("purelib", "platlib"))  # noqa: PTH116


def describe_end(code: int) -> str:
    """Say how a kernel's process ended, as the end of a sentence on it."""
    if code >= 0:
        return f"ended itself with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "an unknown signal"
    return f"was killed by signal {-code} ({name})"
