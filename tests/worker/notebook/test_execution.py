import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from couture_scheduler.worker.notebook.errors import NotebookError
from couture_scheduler.worker.notebook.execution import read_back, read_notebook


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"cells": [', "it is no JSON"),
        ("[1]", "it has no `nbformat`"),
        ("{}", "it has no `nbformat`"),
        (b"\xff\xfe", "it is no JSON"),
    ],
)
def test_what_is_no_notebook_is_refused_with_its_name(tmp_path: Path, text, words: str):
    path = tmp_path / "a.ipynb"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(NotebookError) as caught:
        read_notebook(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def save(path: Path, *begun: bool) -> None:
    cells = [
        new_code_cell("1", metadata={"papermill": {"start_time": "now" if one else None}})
        for one in begun
    ]
    path.write_text(nbformat.writes(new_notebook(cells=cells)))


def test_a_notebook_is_whole_when_every_cell_was_run(tmp_path: Path):
    path = tmp_path / "1.ipynb"
    save(path, True, True)
    assert len(read_back(path).cells) == 2
    save(path, True, False)
    with pytest.raises(NotebookError, match="ended itself in cell 1 of 2"):
        read_back(path)


def test_an_executed_notebook_that_is_not_valid_is_no_success(tmp_path: Path):
    path = tmp_path / "1.ipynb"
    save(path, True)
    content = json.loads(path.read_text())
    content["cells"][0]["outputs"] = [{"output_type": "nonsense"}]
    path.write_text(json.dumps(content))
    with pytest.raises(NotebookError, match="is not valid"):
        read_back(path)
