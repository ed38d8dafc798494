"""Files that appear whole or not at all."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path


def sha256(data: bytes) -> str:
    """Return what names a content."""
    return hashlib.sha256(data).hexdigest()


def read_regular(path: Path, limit: int) -> bytes | None:
    """Read a file that somebody else could have put there: no link, no pipe, no second name.

    Returns:
        None where there is no such file.

    Raises:
        OverflowError: it has more than `limit` bytes; the argument is its size.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            return None
        if found.st_size > limit:
            raise OverflowError(found.st_size)
        return file.read(limit)


def is_regular(path: Path) -> bool:
    """Say whether there is a file, itself and no link."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def write_whole(path: Path, data: bytes) -> None:
    """Write a file by a temporary one in the same folder, fsync and rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
