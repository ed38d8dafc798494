"""Files that appear whole or not at all."""

import os
import shutil
from pathlib import Path


def write_whole(path: Path, text: str, *, durable: bool = True) -> None:
    """Replace a file in one step.

    Args:
        path: the file.
        text: its new content.
        durable: have it on disk before it appears; saves of a notebook that still runs need not.
    """
    with _temporary(path).open("w", encoding="utf-8") as file:
        file.write(text)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    _temporary(path).replace(path)


def publish(source: Path, target: Path) -> None:
    """Copy a file so that `target` is the old one or the whole new one at any time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as original, _temporary(target).open("wb") as copy:
        shutil.copyfileobj(original, copy)
        copy.flush()
        os.fsync(copy.fileno())
    _temporary(target).replace(target)


def remove_leavings(path: Path) -> None:
    """Remove what those have left of a file who were killed while they wrote it."""
    for left in path.parent.glob(".*.new"):
        left.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.new")


class PapermillFiles:
    """papermill's reads and writes of one execution: the source is at hand, the draft is replaced.

    Register it with `papermill_io` under SCHEME.
    """

    SCHEME = "couture-notebook:"
    INPUT = f"{SCHEME}input.ipynb"
    OUTPUT = f"{SCHEME}output.ipynb"

    def __init__(self, source: str, draft: Path):
        self._source = source
        self.draft = draft

    def read(self, _path: str) -> str:
        """Return the notebook's text."""
        return self._source

    def write(self, text: str, _path: str) -> None:
        """Replace the draft."""
        write_whole(self.draft, text)

    def pretty_path(self, path: str) -> str:
        """Return the name that papermill may log."""
        return path
