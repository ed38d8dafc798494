"""The limit of "every task in its own process": fork and wait, with a session and a log file.

Run as a process of its own that has imported what a zygote has imported.
"""

import gc
import importlib
import os
import sys
import tempfile
import time


def run(count: int, modules: list[str]) -> float:
    """Return forks a second, one after the other."""
    import couture_operators.execution
    import couture_operators.registry  # noqa: F401

    for name in modules:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        for number in range(count):
            if os.fork() == 0:
                _child(f"{folder}/{number}.log")
            os.wait()
        return count / (time.perf_counter() - started)


def _child(path: str) -> None:
    os.setsid()
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.write(1, b"INFO done\n")
    os._exit(0)


if __name__ == "__main__":
    modules = sys.argv[1:]
    sys.stdout.write(f"{run(400, modules)}\n")
