"""Cells against a scripted kernel: what the runner makes of the messages that it gets."""

import itertools
from collections import deque
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from couture_scheduler.worker.notebook import runner as runner_module
from couture_scheduler.worker.notebook.errors import KernelDied, NotebookError, OutputTooLarge
from couture_scheduler.worker.notebook.progress import Progress
from couture_scheduler.worker.notebook.runner import Runner


class ScriptedLink:
    """Answers each execution with the next script: messages, or an exception to raise."""

    def __init__(self, *scripts: list[Any]):
        self._scripts = deque(scripts)
        self._coming: deque[Any] = deque()
        self._ids = map(str, itertools.count(1))
        self.codes: list[str] = []
        self.allowed = 0
        self.given_back: list[str] = []

    def allow(self) -> None:
        self.allowed += 1

    def give_back(self, message: dict) -> None:
        self.given_back.append(message["header"]["msg_type"])

    def execute(self, code: str, *, stop_on_error: bool = True) -> str:
        self.codes.append(code)
        request = next(self._ids)
        for one in self._scripts.popleft():
            self._coming.append(one if isinstance(one, Exception) else of(request, *one))
        return request

    def receive(self, _seconds: float | None) -> list[dict]:
        if not self._coming:
            return []
        one = self._coming.popleft()
        if isinstance(one, Exception):
            raise one
        return [one]


def of(request: str, kind: str, content: dict) -> dict:
    header = {"msg_type": kind, "msg_id": f"{request}-{kind}"}
    return {
        "header": header,
        "msg_type": kind,
        "parent_header": {"msg_id": request},
        "content": content,
    }


def text(what: str, name: str = "stdout") -> tuple[str, dict]:
    return "stream", {"name": name, "text": what}


def reply(status: str = "ok", **more: Any) -> tuple[str, dict]:
    return "execute_reply", {"status": status, "execution_count": 1, **more}


IDLE = ("status", {"execution_state": "idle"})
ERROR = {"ename": "NameError", "evalue": "x", "traceback": ["line"]}


def make(tmp_path: Path, link: ScriptedLink, *cells: str) -> Runner:
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    notebook.metadata["papermill"] = {}
    runner = Runner(Progress(notebook, tmp_path / "1.ipynb"), link, {"name": "python"})
    runner.nb_man.notebook_start()
    return runner


def test_outputs_of_one_stream_become_one_output_whatever_comes_last(tmp_path: Path):
    script = [text("a"), text("b"), reply(), text("e", "stderr"), text("c"), IDLE]
    runner = make(tmp_path, ScriptedLink(script), "1")
    runner.execute()
    outputs = runner.nb.cells[0].outputs
    assert [(out.name, out.text) for out in outputs] == [
        ("stdout", "ab"),
        ("stderr", "e"),
        ("stdout", "c"),
    ]


def test_cells_without_code_are_not_sent_to_the_kernel(tmp_path: Path):
    link = ScriptedLink([reply(), IDLE])
    runner = make(tmp_path, link, "", "skip", "run")
    runner.nb.cells[1].metadata["tags"] = ["skip-execution"]
    runner.nb.cells.insert(0, new_markdown_cell("# Title", metadata={"papermill": {}}))
    runner.execute()
    assert link.codes == ["run"]


def test_a_cell_that_raises_ends_the_notebook_unless_it_says_that_it_may(tmp_path: Path):
    failing = [("error", ERROR), reply("error", **ERROR), IDLE]
    link = ScriptedLink(failing, failing, [reply(), IDLE])
    runner = make(tmp_path, link, "may", "must not", "never")
    runner.nb.cells[0].metadata["tags"] = ["raises-exception"]
    runner.execute()
    assert link.codes == ["may", "must not"]
    states = [cell.metadata.papermill.status for cell in runner.nb.cells]
    assert states == ["completed", "failed", "pending"]


@pytest.mark.parametrize(
    "end", [KernelDied("It ended."), OutputTooLarge("more than 9 bytes"), NotebookError("no")]
)
def test_a_cell_that_was_cut_off_shows_it_and_keeps_what_it_wrote(tmp_path: Path, end: Exception):
    runner = make(tmp_path, ScriptedLink([text("so far"), end]), "1", "2")
    with pytest.raises(type(end)):
        runner.execute()
    runner.nb_man.write()
    cell = nbformat.read(tmp_path / "1.ipynb", as_version=4).cells[0]
    assert [out.output_type for out in cell.outputs] == ["stream", "error"]
    assert cell.outputs[0].text == "so far"
    assert cell.metadata.papermill.status == "failed"


def test_a_reply_without_the_kernels_last_word_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(runner_module, "_PATIENCE", 0.0)
    runner = make(tmp_path, ScriptedLink([text("half"), reply()]), "1")
    with pytest.raises(NotebookError, match="did not send all outputs"):
        runner.execute()


def test_a_cell_that_the_kernel_passed_over_is_no_success(tmp_path: Path):
    runner = make(tmp_path, ScriptedLink([reply("aborted"), IDLE]), "1")
    with pytest.raises(NotebookError, match="did not run the cell: aborted"):
        runner.execute()


def test_only_what_stays_in_the_cell_counts_as_its_output(tmp_path: Path):
    shown = {"data": {"text/plain": "1"}, "metadata": {}, "transient": {"display_id": "d"}}
    script = [text("a"), ("clear_output", {"wait": True}), text("b")]
    link = ScriptedLink([*script, ("update_display_data", shown), reply(), IDLE])
    runner = make(tmp_path, link, "1")
    runner.execute()
    assert runner.nb.cells[0].outputs[0].text == "b"
    assert (link.allowed, link.given_back) == (2, ["update_display_data"])


def test_a_cell_may_write_before_it_raises(tmp_path: Path):
    runner = make(
        tmp_path, ScriptedLink([text("warned", "stderr"), reply("error", **ERROR), IDLE]), "1"
    )
    with pytest.raises(CellExecutionError, match="warned"):
        runner.execute_cell(runner.nb.cells[0], 0)
