"""A file whose writer is killed at any moment is the old one or the new one, never a mixture."""

import subprocess
import sys
from pathlib import Path

import pytest
from full_disks import FullDisk

from couture_scheduler.errors import Conflict, NoRoom
from couture_scheduler.services.files import write_all

WRITERS = {
    "of uploads": ("couture_scheduler.services.files", b"new"),
    "of notebooks": ("couture_scheduler.worker.notebook.files", "new"),
}
#: forks writers that die at their first line, their second, and so on; tells what each has left
KILLED = """
import importlib, os, signal, sys
from pathlib import Path

module, path, content = {module!r}, Path({path!r}), {content!r}
traced = (module, "couture_scheduler.new_files", "pathlib", "tempfile")
write_whole = importlib.import_module(module).write_whole

def die_at(line):
    def trace(frame, event, _argument):
        nonlocal line
        if event == "line" and frame.f_globals["__name__"] in traced:
            line -= 1
            if line == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    return trace

status, line = None, 0
while status != 0:
    line += 1
    path.write_text("old")
    if (child := os.fork()) == 0:
        sys.settrace(die_at(line))
        write_whole(path, content)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    print(status, path.read_text())
"""


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_that_is_killed_at_any_line_leaves_a_whole_file(writer: str, tmp_path: Path):
    module, content = WRITERS[writer]
    script = KILLED.format(module=module, path=str(tmp_path / "file.txt"), content=content)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True
    )
    left = done.stdout.splitlines()
    assert len(left) > 10
    assert set(left) <= {"9 old", "9 new", "0 new"}
    assert left[0] == "9 old"
    assert left[-1] == "0 new"


def test_where_one_of_several_files_does_not_fit_none_is_written(
    tmp_path: Path, full_disk: FullDisk
):
    paths = [tmp_path / "folder" / name for name in ("a.py", "b.py", "c.py", "d.py")]
    write_all(dict.fromkeys(paths[:2], b"old"))
    full_disk(2)
    with pytest.raises(
        NoRoom, match=r"no room left on the server's disk for a\.py, b\.py, c\.py and 1"
    ):
        write_all(dict.fromkeys(paths, b"new"))
    assert {one.name: one.read_bytes() for one in paths[0].parent.iterdir()} == {
        "a.py": b"old",
        "b.py": b"old",
    }


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("folder", r"^folder cannot be written: there is a folder of that name\.$"),
        ("a.py/b.py", r"^b\.py cannot be written: a file stands where its folder is\.$"),
    ],
)
def test_what_cannot_be_a_file_is_told_and_nothing_is_written(
    tmp_path: Path, path: str, sentence: str
):
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.py").write_text("old")
    with pytest.raises(Conflict, match=sentence):
        write_all({tmp_path / "a.py": b"new", tmp_path / path: b"new"})
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.py", "folder"]
    assert (tmp_path / "a.py").read_text() == "old"
