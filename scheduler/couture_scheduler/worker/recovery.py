"""One agent a host, and proof that what an earlier one started is dead."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from couture_scheduler.worker import process

_PATIENCE = 5.0
_LINES = 2000  #: then those that have ended are left out


@contextlib.contextmanager
def only_agent(folder: Path) -> Iterator[None]:
    """Hold the lock of the host's one agent; wait until an earlier one is gone."""
    fd = os.open(folder / "agent.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


class Journal:
    """Appends "pid start-time" to `run/processes`; together they name a process for ever."""

    def __init__(self, folder: Path):
        self._path = folder / "processes"
        self._file: int | None = None
        self._lines = 0

    def add(self, pid: int, uid: int | None) -> None:
        """Record a process that was started just now.

        Args:
            uid: that it must have, so that nobody can have others' processes killed by naming
                them; None = ours, where all have one.
        """
        if uid is not None and process.uid_of(pid) != uid:
            return
        if self._file is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._file = os.open(self._path, flags, 0o600)
        born = process.start_time(pid)
        if born is not None:
            os.write(self._file, f"{pid} {born}\n".encode())
            self._lines += 1
        if self._lines >= _LINES:
            self._leave_out_the_dead()

    def _leave_out_the_dead(self) -> None:
        lines = "".join(f"{pid} {process.start_time(pid) or 0}\n" for pid in self._alive())
        new = self._path.with_suffix(".new")
        new.write_text(lines)
        new.replace(self._path)
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._lines = 0

    def kill_all(self) -> None:
        """Kill every recorded process that still lives, wait until all are gone, and start afresh.

        Raises:
            TimeoutError: one cannot be killed; its attempt must not be started again.
        """
        alive = self._alive()
        for pid in alive:
            process.kill_tree(pid)
        deadline = time.monotonic() + _PATIENCE
        while self._alive():
            if time.monotonic() > deadline:
                raise TimeoutError(f"Processes {sorted(self._alive())} of an earlier agent stay.")
            time.sleep(0.01)
        self.clear()

    def _alive(self) -> set[int]:
        with contextlib.suppress(FileNotFoundError):
            pairs = [line.split() for line in self._path.read_text().splitlines()]
            return {
                int(pid)
                for pid, born in (pair for pair in pairs if len(pair) == 2)
                if process.start_time(int(pid)) == int(born)
            }
        return set()

    def clear(self) -> None:
        """Forget all processes: they are gone."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._path.unlink(missing_ok=True)
