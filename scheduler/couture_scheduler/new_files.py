"""Files that are there as a whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


def make_whole(path: Path, data: bytes) -> None:
    """Make a file (0600) that processes which start together all want to make; the first one does."""
    new = write_beside(path, data)
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(new)
    finally:
        new.unlink()


def write_beside(path: Path, data: bytes) -> Path:
    """Write what is to be `path` to a hidden file (0600) in its folder and sync it; return that."""
    fd, name = tempfile.mkstemp(prefix=f".{path.name[:50]}.", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(fd)
    except BaseException:
        new.unlink()
        raise
    return new


def sync_folder(folder: Path) -> None:
    """Have the names of a folder's new files on disk, so that they outlive the power."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
