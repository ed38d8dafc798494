from dataclasses import replace
from pathlib import Path

import pytest

from couture_scheduler.worker.notebook.errors import NotebookError
from couture_scheduler.worker.notebook.paths import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for name in ("dags/team", "notebooks", "outputs"):
        (tmp_path / name).mkdir(parents=True)
    return Places(
        home=str(tmp_path),
        dag_folder=str(tmp_path / "dags" / "team"),
        notebooks=str(tmp_path / "notebooks"),
        outputs=str(tmp_path / "outputs"),
        draft=str(tmp_path / "outputs" / "d" / "r" / "t" / "1.ipynb"),
        original=None,
        max_output_bytes=1000,
    )


def test_a_notebook_beside_the_dag_file_comes_before_one_in_the_notebooks_folder(places: Places):
    second = Path(places.notebooks, "a.ipynb")
    second.touch()
    assert places.input("a.ipynb") == second
    first = Path(places.dag_folder, "a.ipynb")
    first.touch()
    assert places.input("a.ipynb") == first


def test_a_leading_slash_is_absolute(places: Places, tmp_path: Path):
    notebook = tmp_path / "elsewhere.ipynb"
    notebook.touch()
    assert places.input(str(notebook)) == notebook
    assert places.output(str(tmp_path / "x" / "out.ipynb")) == tmp_path / "x" / "out.ipynb"


def test_a_missing_notebook_is_named_with_the_places_that_were_searched(places: Places):
    with pytest.raises(NotebookError) as caught:
        places.input("gone.ipynb")
    assert f"{places.dag_folder}/gone.ipynb nor {places.notebooks}/gone.ipynb" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "where"),
    [("a.ipynb", "a.ipynb"), ("x/b", "x/b.ipynb"), ("x/../c.ipynb", "c.ipynb")],
)
def test_outputs_lie_below_the_outputs_folder(places: Places, name: str, where: str):
    assert places.output(name) == Path(places.outputs, where)


def test_an_output_must_not_leave_the_outputs_folder(places: Places):
    with pytest.raises(NotebookError, match="leads out of"):
        places.output("../dags/a.ipynb")


def test_the_kernel_works_where_the_original_notebook_is(places: Places, tmp_path: Path):
    copy = tmp_path / "notebooks" / "copy.ipynb"
    assert places.kernel_folder(copy) == copy.parent
    assert replace(places, original="gone/a.ipynb").kernel_folder(copy) == copy.parent
    (tmp_path / "work").mkdir()
    assert replace(places, original="work/a.ipynb").kernel_folder(copy) == tmp_path / "work"
