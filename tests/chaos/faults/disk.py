"""A small disk for logs, and a fault that fills it."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from chaos.faults.kinds import Kind, Pick, Touched
from chaos.plan import Range

_MEGABYTES = 96
_BLOCK = b"x" * 65536


class SmallDisk:
    """A tmpfs of a few megabytes on a folder.

    Raises:
        OSError: this machine, or this account, cannot mount one.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._run("mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m,mode=0700", "tmpfs", folder)

    def close(self) -> None:
        """Take it away; processes may still have files of it open."""
        self._run("umount", "--lazy", self.folder)

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != 0:
            raise OSError(f"{command[0]}: {done.stderr.decode().strip()}")


def full(disk: SmallDisk) -> Kind:
    """Return the fault: not a byte is left for some seconds."""

    @contextlib.contextmanager
    def fill(_pick: Pick) -> Iterator[Touched]:
        filler = disk.folder / ".filler"
        try:
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while file.write(_BLOCK) == len(_BLOCK):
                    pass
            yield Touched()
        finally:
            filler.unlink(missing_ok=True)

    return Kind(Range(1, 1, 5), fill)
