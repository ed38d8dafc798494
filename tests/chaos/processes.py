"""The processes of one deployment, found in /proc by the mark that their environment carries."""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from couture_scheduler.supervisor import SUPERVISED

MARK = "CHAOS_RUN"


@dataclass(frozen=True)
class Process:
    """A process as it is now.

    Attributes:
        born: start time in clock ticks since boot; with the pid it names a process for ever.
        environment: of the program it last executed.
    """

    pid: int
    parent: int
    born: int
    state: str
    arguments: tuple[str, ...]
    environment: dict[str, str]

    @property
    def token(self) -> str | None:
        """The attempt that it was executed for, where its environment says so."""
        return self.environment.get("AT_ATTEMPT_KEY")


def find(mark: str) -> list[Process]:
    """Return all living processes that were started with the mark."""
    wanted = f"{MARK}={mark}".encode()
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [one for pid in pids if (one := _read(pid, wanted)) is not None]


def _read(pid: int, wanted: bytes) -> Process | None:
    folder = Path(f"/proc/{pid}")
    try:
        raw = (folder / "environ").read_bytes()
        if wanted not in raw:
            return None
        stat = (folder / "stat").read_text()
        arguments = (folder / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    if fields[0] in "ZX":
        return None
    pairs = (part.split("=", 1) for part in raw.decode(errors="replace").split("\0") if "=" in part)
    words = tuple(arguments.rstrip("\0").split("\0"))
    return Process(pid, int(fields[1]), int(fields[19]), fields[0], words, dict(pairs))


def role(one: Process) -> str:
    """Say what a process is for."""
    words = one.arguments
    named = {"scheduler": "scheduler", "worker": "agent", "consumer": "consumer"}
    if words[-1] in named:
        return named[words[-1]] if SUPERVISED in one.environment else "supervisor"
    if "chaos.supervise" in words:
        return "supervisor"
    if any("ipykernel" in word for word in words):
        return "kernel"
    return "zygote" if "couture_scheduler.worker.zygote" in words else "other"


def below(pids: set[int], everyone: list[Process]) -> set[int]:
    """Return these pids and those of all their descendants."""
    found = set(pids)
    while more := {one.pid for one in everyone if one.parent in found} - found:
        found |= more
    return found


def send(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def stop_all(pids: list[int]) -> None:
    """Stop processes; `send` SIGCONT to have them go on."""
    for pid in pids:
        send(pid, signal.SIGSTOP)


def memory_and_files(pid: int) -> tuple[int, int] | None:
    """Return the resident bytes and the open files of a process."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE"), sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return None
