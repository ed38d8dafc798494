"""A file whose writer is killed at any moment is the old one or the new one, never a mixture."""

import subprocess
import sys
from pathlib import Path

import pytest

WRITERS = {
    "of uploads": ("couture_scheduler.services.files", b"new"),
    "of notebooks": ("couture_scheduler.worker.notebook.files", "new"),
}
#: forks writers that die at their first line, their second, and so on; tells what each has left
KILLED = """
import importlib, os, signal, sys
from pathlib import Path

module, path, content = {module!r}, Path({path!r}), {content!r}
write_whole = importlib.import_module(module).write_whole

def die_at(line):
    def trace(frame, event, _argument):
        nonlocal line
        if event == "line" and frame.f_globals["__name__"] in (module, "pathlib", "tempfile"):
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
