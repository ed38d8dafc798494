"""One execution from the notebook's file to its published output."""

import json
import logging
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import papermill_io

from couture_scheduler.worker.notebook import html
from couture_scheduler.worker.notebook.errors import KernelDied, NotebookError
from couture_scheduler.worker.notebook.files import (
    PapermillFiles,
    publish,
    remove_leavings,
    write_whole,
)
from couture_scheduler.worker.notebook.paths import Places
from couture_scheduler.worker.notebook.progress import Progress, is_runnable
from couture_scheduler.worker.notebook.runner import Runner, WarmKernelEngine
from couture_scheduler.worker.notebook.seat import Seat
from couture_scheduler.worker.runtime import SocketClient

log = logging.getLogger("couture.task")


@cache
def warm() -> None:
    """Register the engine and have the notebook format's schema compiled."""
    papermill_engines.register(WarmKernelEngine.NAME, WarmKernelEngine)
    logging.getLogger("papermill").setLevel(logging.WARNING)
    cells = [nbformat.v4.new_code_cell("1")]
    nbformat.validate(nbformat.v4.new_notebook(cells=cells))


def run(spec: Any, client: SocketClient) -> dict[str, Any]:
    """Execute a NotebookSpec; return the paths of its "output" and "html".

    Raises:
        NotebookError: why it did not succeed.
    """
    warm()  # in a fresh interpreter nobody has done so
    places = Places(**client.ask("notebook"))
    execution = Execution(spec, places, client)
    notebook = execution.execute()
    return execution.publish(notebook)


class Execution:
    """One execution of one notebook."""

    def __init__(self, spec: Any, places: Places, client: SocketClient):
        self.spec = spec
        self.places = places
        self.client = client
        self.draft = Path(places.draft)
        self.target = places.output(spec.output_nb) if spec.output_nb else self.draft
        self.source = places.input(spec.input_nb)

    def execute(self) -> Any:
        """Run all cells; the executed notebook, as it was read back from disk."""
        remove_leavings(self.draft)
        text, metadata = read_notebook(self.source)
        kernelspec = metadata.get("kernelspec") or {}
        name = self.spec.kernel_name or kernelspec.get("name") or "python3"
        folder = str(self.places.kernel_folder(self.source))
        limit = self.places.max_output_bytes
        seat = Seat(self.client, name, folder, _language(metadata), limit)
        papermill_io.register(PapermillFiles.SCHEME, PapermillFiles(text, self.draft))

        def make_runner(notebook: Any) -> Runner:
            notebook.metadata.papermill.update(
                input_path=str(self.source), output_path=str(self.target)
            )
            return Runner(Progress(notebook, self.draft), seat.ready(), seat.language_info)

        try:
            papermill.execute_notebook(
                PapermillFiles.INPUT,
                PapermillFiles.OUTPUT,
                parameters=self.spec.parameters,
                engine_name=WarmKernelEngine.NAME,
                kernel_name=name,
                language=seat.language_info["name"],
                progress_bar=False,
                make_runner=make_runner,
            )
        except PapermillExecutionError as error:
            raise NotebookError(describe(error, self.draft)) from None
        except KernelDied:
            raise KernelDied(self._why_it_died()) from None
        finally:
            seat.link.close()
        return read_back(self.draft)

    def _why_it_died(self) -> str:
        how = self.client.ask("kernel_end")
        hint = " The system does that too when memory runs out." if "SIGKILL" in how else ""
        return f"The kernel {how} in cell {_last_begun(self.draft)}.{hint}"

    def publish(self, notebook: Any) -> dict[str, Any]:
        """Put the executed notebook, and its page, where the task says."""
        result = {"output": str(self.target), "html": None}
        if self.target != self.draft:
            publish(self.draft, self.target)
        if self.spec.export_html:
            page = html.to_html(notebook, self.target.stem)
            write_whole(self.draft.with_suffix(".html"), page, durable=False)
            write_whole(self.target.with_suffix(".html"), page)
            result["html"] = str(self.target.with_suffix(".html"))
        log.info("The executed notebook is %s", self.target)
        return result


def read_notebook(path: Path) -> tuple[str, dict[str, Any]]:
    """Return a notebook's text and metadata.

    Raises:
        NotebookError: it is not a notebook.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
    except OSError as error:
        raise NotebookError(f"Notebook {path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise NotebookError(f"{path} is not a notebook: it is no JSON ({error}).") from None
    if not isinstance(content, dict) or "nbformat" not in content:
        raise NotebookError(f"{path} is not a notebook: it has no `nbformat`.")
    return text, content.get("metadata") or {}


def read_back(path: Path) -> Any:
    """Read an executed notebook and prove that it is whole.

    Raises:
        NotebookError: it is not valid, or a cell was not run.
    """
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise NotebookError(f"The executed notebook {path} is not valid: {error}") from None
    cells = [cell for cell in notebook.cells if is_runnable(cell)]
    begun = sum(map(_was_begun, cells))
    if begun < len(cells):
        raise NotebookError(
            f"The notebook ended itself in cell {begun} of {len(cells)}: the others did not run."
        )
    return notebook


def describe(error: PapermillExecutionError, draft: Path) -> str:
    """Say in one line which cell raised what."""
    message = str(error.evalue).partition("\n")[0]
    what = f": {message}" if message else ""
    if error.exec_count is None:
        error.exec_count = _last_begun(draft)
    return f"{error.ename} in cell {error.exec_count}{what}"


def _last_begun(draft: Path) -> int:
    cells = nbformat.read(draft, as_version=4).cells
    return sum(1 for cell in cells if is_runnable(cell) and _was_begun(cell))


def _was_begun(cell: Any) -> bool:
    return cell.metadata.papermill.get("start_time") is not None


def _language(metadata: dict[str, Any]) -> str:
    found = (metadata.get("language_info") or {}).get("name")
    return (found or (metadata.get("kernelspec") or {}).get("language") or "python").lower()
