"""The files of one kernel, and the words that the agent and the zygote's children share of it.

Standard library only: the agent imports this.
"""

import contextlib
import glob
from pathlib import Path

MISSING = 72  #: exit code of a kernel's process: there is no such kernelspec
SOCKET_LIMIT = 100  #: characters of a unix socket's path; Linux allows 107


class KernelFiles:
    """Names of a kernel's files; its sockets are `base`-1 to `base`-5."""

    def __init__(self, base: str):
        self.base = base
        self.connection = f"{base}.json"
        self.info = f"{base}.info"

    def remove(self) -> None:
        """Remove all that is there."""
        for name in glob.glob(f"{glob.escape(self.base)}[.-]*"):  # noqa: PTH207
            with contextlib.suppress(OSError):
                Path(name).unlink()
