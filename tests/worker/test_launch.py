"""What the agent itself writes into an attempt's log."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

from couture_scheduler.settings import Settings
from couture_scheduler.worker.launch import Launcher


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_full_disk_of_logs_leaves_no_file_open(settings: Settings, monkeypatch):
    row = SimpleNamespace(dag_id="d", run_id="r", task_id="t", try_number=1, map_index=-1)
    launcher = Launcher(settings, "h")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = open_files()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        for _ in range(5):
            launcher.append_error(SimpleNamespace(row=row), "It was lost.")
    assert open_files() == before
