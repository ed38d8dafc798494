"""Paths of this machine's files work without fsspec, and of other storages with it."""

import sys
from types import SimpleNamespace

import pytest
from airflow.io import attach, get_fs, has_fs
from airflow.io.path import ObjectStoragePath

from couture_operators.exceptions import AirflowException
from couture_operators.storage import stores


@pytest.fixture(autouse=True)
def without_fsspec(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setattr(stores, "_attached", {})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "d" / "e" / "b.txt").write_text("b")
    return ObjectStoragePath(f"file://{tmp_path}")


def names(paths):
    return sorted(path.name for path in paths)


def test_a_path_is_taken_apart_and_changed():
    path = ObjectStoragePath("s3://bucket/folder/data.tar.gz")
    assert path.parts == ("bucket", "folder", "data.tar.gz")
    assert (path.stem, path.suffix, path.suffixes) == ("data.tar", ".gz", [".tar", ".gz"])
    assert str(path.with_suffix(".zip")) == "s3://bucket/folder/data.tar.zip"
    assert str(path.with_name("x")) == "s3://bucket/folder/x"
    assert str(path.relative_to(ObjectStoragePath("s3://bucket"))) == "folder/data.tar.gz"
    assert [str(one) for one in path.parents] == ["s3://bucket/folder", "s3://bucket"]
    assert path.match("*.gz")
    with pytest.raises(ValueError, match="not in the subpath"):
        path.relative_to(ObjectStoragePath("s3://other"))


def test_files_are_found_by_patterns(folder):
    assert names(folder.glob("*.txt")) == ["a.txt"]
    assert names(folder.rglob("*.txt")) == ["a.txt", "b.txt"]
    assert names(folder.iterdir()) == ["a.txt", "d"]


def test_a_file_tells_about_itself(folder):
    path = folder / "a.txt"
    assert (path.size(), path.stat().st_size, path.stat()["type"]) == (5, 5, "file")
    assert path.stat().st_mtime > 0
    before = path.checksum()
    path.write_text("changed")
    assert path.checksum() != before
    assert path.samefile(folder / "d" / ".." / "a.txt")
    assert not path.samefile(folder / "d")
    assert path.read_block(1, 3) == b"han"


def test_files_are_copied_moved_and_renamed(folder):
    path = folder / "a.txt"
    path.copy(folder / "copy.txt")
    path.copy(folder / "d")
    assert (folder / "d" / "a.txt").read_text() == (folder / "copy.txt").read_text() == "hello"
    path.move(folder / "new" / "moved.txt")
    assert not path.exists()
    renamed = (folder / "copy.txt").rename("renamed.txt")
    assert renamed == folder / "renamed.txt"
    assert renamed.replace(str(folder / "a.txt")).read_text() == "hello"


def test_folders_are_copied_and_removed(folder):
    (folder / "d").copy(folder / "f", recursive=True)
    assert names((folder / "f").rglob("*.txt")) == ["b.txt"]
    with pytest.raises(OSError, match="not empty"):
        (folder / "f").rmdir(recursive=False)
    (folder / "f").rmdir()
    assert not (folder / "f").exists()
    with pytest.raises(NotADirectoryError):
        (folder / "a.txt").rmdir()


def test_a_file_is_touched(folder):
    (folder / "empty").touch()
    assert (folder / "empty").read_bytes() == b""
    with pytest.raises(FileExistsError):
        (folder / "empty").touch(exist_ok=False)
    (folder / "a.txt").touch(truncate=False)
    assert (folder / "a.txt").read_text() == "hello"


def test_an_attached_storage_serves_its_paths(folder, tmp_path):
    local = get_fs("file")
    below = SimpleNamespace(
        open=lambda path, mode, **_: local.open(f"{tmp_path}/{path}", mode),
        isdir=lambda path: local.isdir(f"{tmp_path}/{path}"),
        exists=lambda path: local.exists(f"{tmp_path}/{path}"),
    )
    assert not has_fs("mine")
    attach("mine", fs=below)
    there = ObjectStoragePath("mine://d/e/b.txt")
    assert there.read_text() == "b"
    (folder / "a.txt").copy(ObjectStoragePath("mine://d"))
    assert (folder / "d" / "a.txt").read_text() == "hello"
    there.copy(folder / "deep" / "here.txt")
    assert (folder / "deep" / "here.txt").read_text() == "b"
    with pytest.raises(AirflowException, match="needs the Python package"):
        ObjectStoragePath("gs://bucket/x").open()
