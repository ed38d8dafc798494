"""Where a log is: on a disk that we see, or on the worker host that writes it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from couture_scheduler.errors import Away
from couture_scheduler.services.workflow import Workflow

if TYPE_CHECKING:
    from couture_scheduler.executors.remote_files import RemoteFiles


class LogFile(Protocol):
    """A log that may still grow."""

    def read(self, offset: int, limit: int) -> tuple[bytes, int]:
        """Return bytes from `offset` on, `limit` at most, and how large the log is now.

        Raises:
            Away: its host does not answer.
        """
        ...


@dataclass(frozen=True)
class LocalLog:
    """A file; one that is not there yet is empty."""

    path: Path

    def read(self, offset: int, limit: int) -> tuple[bytes, int]:
        """Return bytes from `offset` on, and how large the log is now."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return b"", 0
        try:
            return os.pread(fd, limit, offset), os.fstat(fd).st_size
        finally:
            os.close(fd)


@dataclass(frozen=True)
class RemoteLog:
    """A file below logs/ of another host."""

    files: "RemoteFiles"
    host: str
    path: str

    def read(self, offset: int, limit: int) -> tuple[bytes, int]:
        """Return bytes from `offset` on, and how large the log is now."""
        try:
            part = self.files.read(self.host, self.path, offset, limit)
        except self.files.Away as away:
            raise Away(
                f"The log is on the host {self.host}, which cannot be asked: {away}. Start "
                "`couture worker` there again, or have all hosts share the disk of `logs`."
            ) from away
        return (part.data, part.size) if part else (b"", 0)


def find_log(workflow: Workflow, path: Path, host: str | None) -> LogFile:
    """Return a log by its path, as this host would have it, and the host that writes it."""
    is_elsewhere = host is not None and host != workflow.settings.host_name
    if workflow.remote_files is None or not is_elsewhere or path.exists():
        return LocalLog(path)
    below = path.relative_to(workflow.settings.logs_path).as_posix()
    return RemoteLog(workflow.remote_files, host or "", below)
