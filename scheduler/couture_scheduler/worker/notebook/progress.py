"""What an execution shows while it runs: the draft on disk, and lines in the task's log."""

import logging
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from papermill.engines import NotebookExecutionManager
from papermill.exceptions import strip_color

from couture_scheduler.worker.notebook.files import write_whole

log = logging.getLogger("couture.task")
_PAUSE = 0.1  #: seconds between two saves of the draft
_SHARE = 10.0  #: a save that took long waits so many times longer


class Progress(NotebookExecutionManager):
    """papermill's manager: its saves are merged, so that they cost little and none is lost.

    Args:
        nb: the notebook.
        draft: the file that shows it.
    """

    def __init__(self, nb: Any, draft: Path):
        super().__init__(nb, progress_bar=False, autosave_cell_every=0)
        self.draft = draft
        self._numbers = {id(cell): n for n, cell in enumerate(filter(is_runnable, nb.cells), 1)}
        self._due: float | None = None
        self._next = 0.0
        self._began = 0.0

    def number(self, cell: Any) -> int:
        """Return a cell's number among those that run."""
        return self._numbers[id(cell)]

    def save(self, **_: Any) -> None:
        """Note that the draft is out of date; it is written now or shortly."""
        if self._due is None:
            self._due = max(time.monotonic(), self._next)
        self.save_if_due()

    def seconds_to_save(self) -> float | None:
        """Return when `save_if_due` wants to be called; None = it does not."""
        return None if self._due is None else max(0.0, self._due - time.monotonic())

    def save_if_due(self) -> None:
        """Write the draft if it is out of date and the pause is over."""
        if self._due is not None and time.monotonic() >= self._due:
            self.write()

    def write(self, *, durable: bool = False) -> None:
        """Write the draft."""
        began = time.monotonic()
        write_whole(self.draft, nbformat.v4.writes_json(self.nb), durable=durable)
        now = time.monotonic()
        self._due, self._next = None, now + max(_PAUSE, _SHARE * (now - began))

    def cell_start(self, cell: Any, cell_index: int | None = None, **kwargs: Any) -> None:
        """Show that a cell runs."""
        super().cell_start(cell, cell_index, **kwargs)
        self._began = time.monotonic()
        if id(cell) in self._numbers:
            log.info("Cell %d of %d", self.number(cell), len(self._numbers))

    def cell_complete(self, cell: Any, cell_index: int | None = None, **kwargs: Any) -> None:
        """Show that a cell is over."""
        super().cell_complete(cell, cell_index, **kwargs)
        if id(cell) in self._numbers:
            took = time.monotonic() - self._began
            log.info("Cell %d of %d took %.2f s", self.number(cell), len(self._numbers), took)


def is_runnable(cell: Any) -> bool:
    """Say whether a cell has code to run."""
    skipped = "skip-execution" in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped


def show(output: Any) -> None:
    """Write an output's text to the log."""
    if output.output_type == "stream":
        text = "".join(output.text)
    elif output.output_type == "error":
        text = "\n".join(output.traceback)
    else:
        text = "".join(output.data.get("text/plain", ""))
    if text:
        sys.stdout.write(strip_color(text if text.endswith("\n") else f"{text}\n"))
        sys.stdout.flush()
