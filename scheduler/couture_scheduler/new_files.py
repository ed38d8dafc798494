"""Files that processes which start together all want to make."""

import contextlib
import os
import tempfile
from pathlib import Path


def make_whole(path: Path, data: bytes) -> None:
    """Make a file (0600) unless another process is faster: it is there as a whole or not at all."""
    fd, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(fd)
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(new)
    finally:
        new.unlink()
