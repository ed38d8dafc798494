"""Linux process control that zygotes and attempts share: subreaper, orphans, descriptors."""

import contextlib
import ctypes
import os
import signal
import threading
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper() -> None:
    """Inherit, from now on, the orphans of our descendants. Survives exec, not fork."""
    if _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def die_with_parent(parent: int) -> None:
    """Be killed when the parent ends: a second belt only, see design section 4a."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def children_of(pid: int) -> set[int]:
    """Return the pids of the direct children of `pid`, zombies included."""
    found: set[int] = set()
    try:
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - hot path
            found.update(map(int, _read(f"/proc/{pid}/task/{task}/children").split()))
    except FileNotFoundError:
        return found or _children_by_scan(pid)
    except ProcessLookupError:
        pass
    return found


def _read(path: str) -> bytes:
    """Read a file of /proc without the layers of a text file."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while part := os.read(fd, 65536):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(fd)


def _children_by_scan(parent: int) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent_of(entry) == parent:
            found.add(int(entry.name))
    return found


def _parent_of(entry: Path) -> int | None:
    try:
        stat = (entry / "stat").read_text()
    except OSError:
        return None
    return int(stat[stat.rindex(")") + 2 :].split()[1])


def kill_tree(pid: int) -> None:
    """Kill `pid` and everything below it, stopping each first so that nothing is forked away."""
    try:
        os.kill(pid, signal.SIGSTOP)
    except ProcessLookupError:
        return
    for child in children_of(pid):
        kill_tree(child)
    os.kill(pid, signal.SIGKILL)


def kill_orphans(known: set[int]) -> None:
    """Kill every child of this process that is not among `known`, and all below it."""
    while orphans := children_of(os.getpid()) - known:
        for pid in orphans:
            kill_tree(pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def start_time(pid: int) -> int | None:
    """Return the start time of `pid` in clock ticks since boot; None if there is no such process.

    Together with the pid it names a process for ever.
    """
    try:
        stat = _read(f"/proc/{pid}/stat")
    except OSError:
        return None
    fields = stat[stat.rindex(b")") + 2 :].split()
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def uid_of(pid: int) -> int | None:
    """Return the uid of a process, or None if there is none."""
    try:
        return os.stat(f"/proc/{pid}").st_uid  # noqa: PTH116
    except OSError:
        return None


def tree_rss(pid: int) -> int:
    """Return the resident bytes of `pid` and everything below it."""
    try:
        with open(f"/proc/{pid}/statm") as file:  # noqa: PTH123
            pages = int(file.read().split()[1])
    except (OSError, ValueError):
        return 0
    own = pages * os.sysconf("SC_PAGE_SIZE")
    return own + sum(tree_rss(child) for child in children_of(pid))


def thread_count() -> int:
    """Return how many threads this process has, those that Python does not know included."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208
    except FileNotFoundError:
        return threading.active_count()


def use_as_output(log: int) -> None:
    """Make descriptor `log` stdout and stderr, and nothing stdin."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(log, 1)
    os.dup2(log, 2)
    if log > 2:
        os.close(log)
