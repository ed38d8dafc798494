"""Start the scheduler and the agent, start them again when they end, stop them in order.

The supervisor holds the end of a pipe to whoever started it; when that closes (JupyterLab was
closed or killed), everything ends within 15 s. One supervisor at a time owns a COUTURE_HOME: the
others wait for `run/owner.lock` and take over when it falls free.
"""

import contextlib
import fcntl
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from couture_scheduler import logs
from couture_scheduler.settings import Settings, load_settings
from couture_scheduler.worker import process

log = logging.getLogger(__name__)
SUPERVISED = "COUTURE_SUPERVISED"  #: environment: the process with which another one ends
_SHORT_LIFE = 10.0
_MAX_DELAY = 30.0
_LOG_LIMIT = 10_000_000


@dataclass
class Child:
    """One supervised process.

    Attributes:
        arguments: of the interpreter.
        environment: comes on top of ours.
        uid: under which it runs; None = ours.
        stdin: default: nothing.
        pass_fds: descriptors that it inherits.
    """

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    uid: int | None = None
    stdin: int | None = None
    pass_fds: tuple[int, ...] = ()
    popen: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = 0.1
    restart_at: float = field(default=0.0)


def engine(settings: Settings) -> list[Child]:
    """Return what schedules and runs on one host, in the order of starting."""
    return [*worker_host(settings), _scheduler(settings)]


def worker_host(settings: Settings) -> list[Child]:
    """Return what runs attempts: the agent, and with Celery the consumer that has them claimed."""
    agent = Child("agent", (*_command(settings), "worker"), _of_host(settings))
    if settings.executor == "local":
        return [agent]
    uid = settings.system_uid if settings.own_uids else None
    consumer = Child("consumer", (*_command(settings), "consumer"), _of_host(settings), uid=uid)
    return [agent, consumer]


def scheduler_host(settings: Settings) -> list[Child]:
    """Return a scheduler with the agent that imports DAG files for it and runs nothing."""
    no_slots = {"COUTURE_SLOTS": "0", "COUTURE_HOST_NAME": f"{settings.host_name}.scheduler"}
    agent = Child("agent", (*_command(settings), "worker"), no_slots)
    return [agent, _scheduler(settings)]


def _scheduler(settings: Settings) -> Child:
    uid = settings.system_uid if settings.own_uids else None
    return Child("scheduler", (*_command(settings), "scheduler"), uid=uid)


def _command(settings: Settings) -> tuple[str, ...]:
    return ("-P", "-m", "couture_scheduler.cli.main", "--home", settings.home)


def _of_host(settings: Settings) -> dict[str, str]:
    """Return what the command line may have set."""
    return {"COUTURE_SLOTS": str(settings.slots), "COUTURE_QUEUES": settings.queues}


class Supervisor:
    """Keeps the children of one COUTURE_HOME alive.

    Args:
        starter: read end of the pipe to the starter; None = run until SIGTERM.
        children: in the order of starting; default: agent and scheduler.
        has_terminal: whether the children write to where we do (a container's log), not into files.
    """

    def __init__(
        self,
        settings: Settings,
        starter: int | None,
        children: list[Child] | None = None,
        *,
        has_terminal: bool = False,
    ):
        self.settings = settings
        self.starter = starter
        self.children = engine(settings) if children is None else children
        self._has_terminal = has_terminal
        self._stopping = False
        self._said: set[str] = set()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self) -> None:
        """Supervise until the starter is gone or a signal says stop."""
        if self._has_terminal:
            logs.write_to_stderr("supervisor", self.settings.log_format)
        for number in (signal.SIGTERM, signal.SIGINT):  # ours now: children get the default back
            signal.signal(number, lambda *_: self._stop())
        process.become_subreaper()  # what outlives an agent and its zygotes comes to us
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        with self._ownership() as owned:
            if not owned:
                return
            while not self._stopping:
                self._wait(self._start_due())
                self._tidy()  # what is left behind may come to us after its agent's end was noted
            self._end_all()

    @contextlib.contextmanager
    def _ownership(self):  # noqa: ANN202
        """Wait for the lock of this COUTURE_HOME; yields False when told to stop before."""
        path = self.settings.run_path / "owner.lock"
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not self._stopping:
                try:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    self._say_once(f"Another supervisor owns {path}; standing by")
                    self._wait(0.5)
                    continue
                os.ftruncate(fd, 0)
                os.write(fd, f"{os.getpid()}\n".encode())
                yield True
                return
            yield False
        finally:
            os.close(fd)

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            say(text)

    def _start_due(self) -> float | None:
        """Start what is down and due; return how long until the next is due."""
        now = time.monotonic()
        waits = []
        for child in self.children:
            if child.popen is not None and child.popen.poll() is not None:
                self._note_end(child, now)
            if child.popen is None and now >= child.restart_at:
                self._start(child, now)
            elif child.popen is None:
                waits.append(child.restart_at - now)
        return min(waits, default=None)

    def _note_end(self, child: Child, now: float) -> None:
        assert child.popen is not None
        say(f"{child.name} ended with code {child.popen.returncode}; it is started again")
        short = now - child.started < _SHORT_LIFE
        child.delay = min(_MAX_DELAY, child.delay * 2) if short else 0.1
        child.restart_at = now + child.delay
        child.popen = None
        self._tidy()

    def _tidy(self) -> None:
        """End what a child has left behind."""
        process.kill_orphans(self._pids())

    def _pids(self) -> set[int]:
        return {one.popen.pid for one in self.children if one.popen is not None}

    def _start(self, child: Child, now: float) -> None:
        groups = None if child.uid is None else []
        with self._log(child.name) as log:
            child.popen = subprocess.Popen(
                [sys.executable, *child.arguments],
                stdin=subprocess.DEVNULL if child.stdin is None else child.stdin,
                stdout=log,
                stderr=log,
                env={**os.environ, **child.environment, SUPERVISED: str(os.getpid())},
                pass_fds=child.pass_fds,
                user=child.uid,
                group=child.uid,
                extra_groups=groups,
            )
        child.started = now

    def _log(self, name: str) -> IO[bytes]:
        if self._has_terminal:
            return os.fdopen(os.dup(2), "ab")
        path = self.settings.logs_path / f"{name}.log"
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def _wait(self, seconds: float | None) -> None:
        """Sleep until a child ends, the starter is gone, or the time is over."""
        watched = [self._wake_read] + ([] if self.starter is None else [self.starter])
        ready, _, _ = select.select(watched, [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        if self.starter in ready and not os.read(self.starter, 4096):
            self.starter = None
            if not self.settings.keep_running:
                self._stopping = True

    def _stop(self) -> None:
        self._stopping = True

    def _end_all(self) -> None:
        """Stop deciding first, then drain and hand back; kill what does not end in time."""
        alive = [child.popen for child in reversed(self.children) if child.popen is not None]
        for popen in alive:
            popen.terminate()
        deadline = time.monotonic() + self.settings.stop_grace_seconds + 4
        for popen in alive:
            try:
                popen.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                popen.kill()
                popen.wait()
        process.kill_orphans(set())


class Handle:
    """The starter's side: a supervisor process that lives as long as this object is open.

    It is closed at the latest when the main thread ends: a Jupyter server that is stopped while a
    request has a thread of anyio's waits for that thread for ever.
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        self._closed = threading.Event()
        self._popen: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="supervisor", daemon=True)
        self._thread.start()
        threading.Thread(target=self._close_in_the_end, daemon=True).start()

    def _close_in_the_end(self) -> None:
        threading.main_thread().join()
        self.close()

    def _keep(self) -> None:
        while not self._closed.is_set():
            self._popen = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "couture_scheduler.supervisor"),
                    *("--home", self.settings.home),
                    *(["--keep-running"] if self.settings.keep_running else []),
                ],
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            self._popen.wait()
            self._closed.wait(1.0)

    @property
    def pid(self) -> int | None:
        """The supervisor's pid."""
        return self._popen.pid if self._popen else None

    def close(self) -> None:
        """Let go: the supervisor stops everything, unless it is to keep running."""
        self._closed.set()
        if self._popen is not None and self._popen.stdin is not None:
            self._popen.stdin.close()


def start_solo(settings: Settings) -> Handle:
    """Start scheduling for this COUTURE_HOME, or stand by where another process does."""
    settings.make_folders()
    return Handle(settings)


def end_with_supervisor() -> None:
    """Have this process told to stop (SIGTERM) when the supervisor that started it is gone."""
    parent = os.environ.pop(SUPERVISED, None)
    if parent is None:
        return
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("The supervisor is gone.")


def say(text: str) -> None:
    """Tell whoever looks at the terminal or the log."""
    if log.hasHandlers():
        log.warning("%s", text)
        return
    sys.stderr.write(f"[couture] {text}\n")
    sys.stderr.flush()


def main() -> None:
    """Supervise; standard input is the pipe to the starter unless `--foreground` is given."""
    arguments = sys.argv[1:]
    home = arguments[arguments.index("--home") + 1] if "--home" in arguments else None
    overrides: dict[str, object] = {"home": home} if home else {}
    if "--keep-running" in arguments:
        overrides["keep_running"] = True
    settings = load_settings(**overrides)
    settings.make_folders()
    with contextlib.suppress(FileNotFoundError):
        os.chdir(Path(settings.home_path))
    Supervisor(settings, None if "--foreground" in arguments else 0).run()


if __name__ == "__main__":
    main()
