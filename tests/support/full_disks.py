"""A disk that is full for what the services write."""

import errno
import os
from collections.abc import Callable

import pytest

FullDisk = Callable[[int], None]


def filler(patch: pytest.MonkeyPatch) -> FullDisk:
    """Return what fills the disk: so many files are synced, then none any more."""

    def fill(after: int) -> None:
        sync, left = os.fsync, iter(range(after))

        def fsync(fd: int) -> None:
            if next(left, None) is None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            sync(fd)

        patch.setattr(os, "fsync", fsync)

    return fill
