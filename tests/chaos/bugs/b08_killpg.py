"""B8 (ipykernel#517): a process group is killed instead of everything below a process."""

import contextlib
import os
import signal
from types import ModuleType


def _patch(module: ModuleType) -> None:
    def kill_group(pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    module.kill_tree = kill_group
    module.children_of = lambda _pid: set()


AIM: dict = {}
BUG = {"couture_scheduler.worker.process": _patch}
