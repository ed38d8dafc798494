"""Files that appear whole or not at all."""

import errno
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from couture_scheduler.errors import Conflict, NoRoom
from couture_scheduler.new_files import sync_folder, write_beside

_FULL = (errno.ENOSPC, errno.EDQUOT)


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
    """Write a file; see `write_all`."""
    write_all({path: data})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files, each of which is the old one or the new one at any time; if one fails, none is new.

    All are written beside their places and synced before the first is put into its place. Who is
    killed while they are put there leaves some old and some new.

    Raises:
        Conflict: there is a folder where a file is to be, or a file where a folder is.
        NoRoom: the disk is full.
    """
    beside: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            _make_place(path)
            beside[path] = write_beside(path, data)
        for path, new in beside.items():
            new.replace(path)
    except BaseException as error:
        for new in beside.values():
            new.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise NoRoom(_no_room(files)) from error
        raise
    for folder in {path.parent for path in files}:
        sync_folder(folder)


def _make_place(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise Conflict(
            f"{path.name} cannot be written: a file stands where its folder is."
        ) from error
    if path.is_dir() and not path.is_symlink():
        raise Conflict(f"{path.name} cannot be written: there is a folder of that name.")


def _no_room(files: Mapping[Path, bytes]) -> str:
    names = ", ".join(path.name for path in list(files)[:3])
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return (
        f"There is no room left on the server's disk for {names}{more}: nothing was changed. "
        "Free some, or ask who runs the server to, and try again."
    )
