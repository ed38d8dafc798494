"""A process that is forked from: loaded once, it starts parse children and attempts in milliseconds.

The *base zygote* is a fresh interpreter with couture_operators; forked from it, a *file zygote* has
one version of one DAG file imported. Each talks to the agent alone, over its control socket; when
that ends, it kills everything below it and exits. Holds no DB, no key, no secrets, no threads.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from couture_scheduler import ipc
from couture_scheduler.clock import boot_ns
from couture_scheduler.worker import process

Job = Callable[[list[int]], None]


class Zygote:
    """Serves one control socket.

    Attributes:
        jobs: the pids that it started, with the token of what they run.
        dags: the DAGs of the imported file; empty in a base zygote.
    """

    def __init__(self, control: socket.socket, dags: dict[str, Any] | None = None):
        self.control = control
        self.jobs: dict[int, str] = {}
        self.dags = dags or {}
        self._lease_ns: int | None = None
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def serve(self) -> NoReturn:
        """Answer the agent until it is gone."""
        process.become_subreaper()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        gc.collect()
        gc.freeze()
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(self._wake_read, select.POLLIN)
        while True:
            for fd, _ in poll.poll(self._patience_ms()):
                if fd == self._wake_read:
                    self._reap()
                else:
                    self._answer()
            if self._patience_ms() == 0:
                self._end()

    def _patience_ms(self) -> float | None:
        """Return how long the lease still holds under which all below runs; None = for ever."""
        if self._lease_ns is None:
            return None
        return max(0.0, (self._lease_ns - boot_ns()) / 1e6)

    def _on_lease(self, message: ipc.Message, _fds: list[int]) -> None:
        """Learn until when, by `boot_ns`, what is below may run unless we hear of a later time."""
        self._lease_ns = message["until_ns"]

    def _answer(self) -> None:
        received = ipc.receive(self.control)
        if received is None:
            self._end()
        message, fds = received
        getattr(self, f"_on_{message['op']}")(message, fds)
        for fd in fds:
            os.close(fd)

    def _on_zygote(self, message: ipc.Message, fds: list[int]) -> None:
        """Fork a zygote that has a file imported. Descriptors: its control socket."""
        self._fork(message["token"], lambda fds: file_zygote(fds[0], message), fds)

    def _on_parse(self, message: ipc.Message, fds: list[int]) -> None:
        """Fork a child that imports a file and reports. Descriptors: its socket, its output."""

        def job(fds: list[int]) -> None:
            from couture_scheduler.worker import parse_child

            process.use_as_output(fds[1])
            parse_child.run(socket.socket(fileno=fds[0]), message)

        self._fork(message["token"], job, fds)

    def _on_attempt(self, message: ipc.Message, fds: list[int]) -> None:
        """Fork an attempt. Descriptors: its socket, its log."""

        def job(fds: list[int]) -> None:
            from couture_scheduler.worker import attempt

            process.use_as_output(fds[1])
            attempt.run(socket.socket(fileno=fds[0]), message, self.dags)

        self._fork(message["token"], job, fds)

    def _on_callback(self, message: ipc.Message, fds: list[int]) -> None:
        """Fork a callback attempt. Descriptors: its socket, its log."""

        def job(fds: list[int]) -> None:
            from couture_scheduler.worker import callback

            process.use_as_output(fds[1])
            callback.run(socket.socket(fileno=fds[0]), message, self.dags)

        self._fork(message["token"], job, fds)

    def _on_exec(self, message: ipc.Message, fds: list[int]) -> None:
        """Start a module in a fresh interpreter. Descriptors: its socket (becomes 3), its log."""

        def job(fds: list[int]) -> None:
            os.dup2(fds[0], 3, inheritable=True)
            process.use_as_output(os.dup(fds[1]))
            os.execv(sys.executable, [sys.executable, "-P", "-m", *message["argv"], "3"])

        self._fork(message["token"], job, fds)

    def _on_kernel(self, message: ipc.Message, fds: list[int]) -> None:
        """Fork a kernel; a notebook zygote only. Descriptors: its log."""

        def job(fds: list[int]) -> None:
            from couture_scheduler.worker.notebook.kernelspecs import exec_kernel

            process.use_as_output(fds[0])
            exec_kernel(message)

        self._fork(message["token"], job, fds)

    def _on_check_kernel(self, message: ipc.Message, fds: list[int]) -> None:
        """Fork a child that sees whether a kernel answers. Descriptors: the kernel's log."""

        def job(fds: list[int]) -> None:
            from couture_scheduler.worker.notebook.kernelspecs import check_kernel

            process.use_as_output(fds[0])
            check_kernel(message)

        self._fork(message["token"], job, fds)

    def _on_kill(self, message: ipc.Message, _fds: list[int]) -> None:
        """Signal one attempt; SIGKILL takes everything below it too."""
        for pid, token in self.jobs.items():
            if token == message["token"]:
                if message["signal"] == signal.SIGKILL:
                    process.kill_tree(pid)
                else:
                    os.kill(pid, message["signal"])

    def _fork(self, token: str, job: Job, fds: list[int]) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self.jobs[pid] = token
            self._tell({"op": "started", "token": token, "pid": pid})
            return
        code = 70
        try:
            self._be_child(parent)
            job(fds)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001 - nothing may fall into the parent's loop
            traceback.print_exc()
        finally:
            _flush()
            os._exit(code)

    def _be_child(self, parent: int) -> None:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        for fd in (self.control.detach(), self._wake_read, self._wake_write):
            os.close(fd)
        os.setsid()
        process.die_with_parent(parent)
        process.become_subreaper()

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        ended = list(_ended())
        while orphans := process.children_of(os.getpid()) - self.jobs.keys():
            for pid in orphans:
                process.kill_tree(pid)
                _wait(pid)
        for pid, status, peak in ended:
            token = self.jobs.pop(pid, None)
            if token is not None:
                code = os.waitstatus_to_exitcode(status)
                self._tell({"op": "exit", "token": token, "code": code, "peak_kb": peak})

    def _tell(self, message: ipc.Message) -> None:
        try:
            ipc.send(self.control, message)
        except OSError:
            self._end()

    def _end(self) -> NoReturn:
        for pid in process.children_of(os.getpid()):
            process.kill_tree(pid)
        while children := process.children_of(os.getpid()):
            for pid in children:
                process.kill_tree(pid)
                _wait(pid)
        os._exit(0)


def file_zygote(control_fd: int, message: ipc.Message) -> NoReturn:
    """Import one file version, say how it went, and serve attempts of its tasks."""
    from couture_operators import runtime as authoring
    from couture_scheduler.worker.loading import Sources, load_dags
    from couture_scheduler.worker.runtime import ReadingRuntime, SocketClient

    control = socket.socket(fileno=control_fd)
    authoring.set_runtime(ReadingRuntime(SocketClient(control)))  # type: ignore[arg-type]
    try:
        dags = load_dags(Sources(message["root"], message["sources"]), message["path"])
        answer = {"op": "loaded", "threads": process.thread_count()}
    except BaseException as error:  # noqa: BLE001 - author code may raise anything
        traceback.print_exc()
        dags = {}
        answer = {"op": "loaded", "error": f"{type(error).__name__}: {error}", "threads": 1}
    with contextlib.suppress(OSError):  # the agent may be gone, as serving will tell
        ipc.send(control, answer)
    Zygote(control, dags).serve()


def _ended() -> Any:
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status, usage.ru_maxrss


def _wait(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


def main() -> NoReturn:
    """Run the base zygote on the control socket whose descriptor is the first argument."""
    from couture_scheduler.worker import attempt, parse_child  # noqa: F401 - loaded once, for all
    from couture_scheduler.worker.warm_up import warm_up

    for flavour in sys.argv[2:]:
        if flavour == "notebook":
            from couture_scheduler.worker.notebook import warm_imports

            warm_imports()
    warm_up()
    if Path.cwd() == Path("/"):  # another uid than the agent's
        os.chdir(os.environ["HOME"])
    control = socket.socket(fileno=int(sys.argv[1]))
    with contextlib.suppress(OSError):
        ipc.send(control, {"op": "loaded", "threads": process.thread_count()})
    Zygote(control).serve()


if __name__ == "__main__":
    main()
