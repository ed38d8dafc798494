"""Runs the cells of one notebook over a link: nbclient's handling of outputs, our own loop."""

import time
from typing import Any, ClassVar, cast

from nbclient.exceptions import CellExecutionComplete, CellExecutionError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine

from couture_scheduler.worker.notebook.errors import NotebookError, OutputTooLarge
from couture_scheduler.worker.notebook.link import Link, Message
from couture_scheduler.worker.notebook.progress import Progress, is_runnable, show

_PATIENCE = 30.0  #: seconds for the last outputs after a cell's reply
_TURN = 1.0
_REPLACING = ("update_display_data", "comm_open", "comm_msg", "comm_close")


class Runner(PapermillNotebookClient):
    """One execution.

    Attributes:
        cells_run: how many cells were executed to their end.
    """

    def __init__(self, progress: Progress, link: Link, language_info: dict[str, Any]):
        super().__init__(progress)
        self.link = link
        self.kc = cast(Any, link)  # nbclient's output widget sends with it
        self.language_info = language_info
        self.cells_run = 0

    def execute(self, **_: Any) -> Any:
        """Run the cells until one raises.

        Raises:
            NotebookError: it cannot go on.
        """
        self.reset_execution_trackers()
        self.nb.metadata["language_info"] = self.language_info
        self.papermill_execute_cells()
        self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, *_: Any, **__: Any) -> Any:
        """Run one cell; its reply and all its outputs have been seen when this returns."""
        if not is_runnable(cell):
            return cell
        cell.outputs = []
        cell.metadata["execution"] = {}
        self.clear_before_next_output = False
        try:
            self._run(cell, cell_index)
        except CellExecutionError:
            raise
        except BaseException as error:
            self._mark(cell, cell_index, error)
            raise
        self.cells_run += 1
        return cell

    def _run(self, cell: Any, cell_index: int) -> None:
        may_raise = "raises-exception" in cell.metadata.get("tags", [])
        self.link.allow()
        request = self.link.execute(cell.source, stop_on_error=not may_raise)
        try:
            reply = self._collect(request, cell, cell_index)
        except OutputTooLarge as error:
            number = self.nb_man.number(cell)
            raise OutputTooLarge(
                f"Cell {number} wrote {error}, which is the limit (max_output_bytes): "
                "print less, or write to a file."
            ) from None
        finally:
            _join_streams(cell.outputs)
        if reply["status"] == "error" and not may_raise:
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        if reply["status"] not in ("ok", "error"):
            raise NotebookError(f"The kernel did not run the cell: {reply['status']}.")

    def _collect(self, request: str, cell: Any, cell_index: int) -> Message:
        """Process messages until the reply is there and the kernel has said that this was all."""
        reply, idle, deadline = None, False, 0.0
        while not (reply and idle):
            for message in self.link.receive(self._turn(reply)):
                if message["parent_header"].get("msg_id") != request:
                    continue
                if message["header"]["msg_type"] == "execute_reply":
                    reply, deadline = message["content"], time.monotonic() + _PATIENCE
                else:
                    idle = self._is_last(message, cell, cell_index) or idle
            self.nb_man.save_if_due()
            if reply and not idle and time.monotonic() > deadline:
                raise NotebookError("The kernel did not send all outputs of the cell.")
        return reply

    def _turn(self, reply: Message | None) -> float | None:
        seconds = self.nb_man.seconds_to_save()
        return seconds if reply is None or seconds is not None else _TURN

    def _is_last(self, message: Message, cell: Any, cell_index: int) -> bool:
        kind = message["header"]["msg_type"]
        if kind == "clear_output":
            self.link.allow()
        elif kind in _REPLACING:
            self.link.give_back(message)
        try:
            self.process_message(message, cell, cell_index)
        except CellExecutionComplete:
            return True
        return False

    def output(self, outs: list, msg: Message, display_id: str | None, cell_index: int) -> Any:
        """Add an output; text that continues a stream is added to it, as in a notebook."""
        out = super().output(outs, msg, display_id, cell_index)
        if out is not None:
            show(out)
            if out.output_type == "stream":
                _merge_stream(outs)
            self.nb_man.save()
        return out

    def _mark(self, cell: Any, cell_index: int, error: BaseException) -> None:
        """Let the notebook itself say why the cell did not end."""
        name, text = type(error).__name__, str(error)
        cell.outputs.append(new_output("error", ename=name, evalue=text, traceback=[text]))
        self.nb_man.cell_exception(cell, cell_index)


def _merge_stream(outs: list[Any]) -> None:
    """Keep the text of one stream as a list of pieces: adding to it must not copy it."""
    last = outs[-1]
    before = outs[-2] if len(outs) > 1 else None
    if before is not None and before.output_type == "stream" and before.name == last.name:
        before["text"].append(outs.pop().text)
    else:
        last["text"] = [last.text]


def _join_streams(outs: list[Any]) -> None:
    for out in outs:
        if out.output_type == "stream":
            out["text"] = "".join(out.text)


class WarmKernelEngine(NBClientEngine):
    """papermill's engine for a kernel that runs already.

    `papermill.execute_notebook(..., engine_name=NAME, make_runner=...)`.
    """

    NAME: ClassVar[str] = "couture"

    @classmethod
    def execute_notebook(cls, nb: Any, *_: Any, **kwargs: Any) -> Any:
        """Run the cells with the runner that `make_runner(nb)` returns; the notebook."""
        runner = kwargs["make_runner"](nb)
        runner.nb_man.notebook_start()
        try:
            runner.execute()
        finally:
            runner.nb_man.notebook_complete()
            runner.nb_man.write(durable=True)
        return runner.nb
