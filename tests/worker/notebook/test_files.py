from pathlib import Path

import pytest

from couture_scheduler.worker.notebook.files import publish, write_whole


def test_a_file_is_replaced_and_no_temporary_is_left(tmp_path: Path):
    path = tmp_path / "a.ipynb"
    write_whole(path, "old")
    write_whole(path, "new", durable=False)
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_published_file_is_a_copy_of_its_own(tmp_path: Path):
    source, target = tmp_path / "1.ipynb", tmp_path / "deep" / "out.ipynb"
    source.write_text("result")
    publish(source, target)
    target.write_text("edited")
    assert source.read_text() == "result"


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "a.ipynb"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "lone surrogate \ud800")
    assert path.read_text() == "old"
