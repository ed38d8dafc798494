"""Imports every DAG file of a folder, each in a fork of its own, and prints what came of it.

Run as a program, so that nothing of the tests is imported when the files are.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import couture_operators.execution  # noqa: F401 - as in a zygote: loaded before the forks
from couture_operators import runtime
from couture_operators.serialize import dag_to_dict
from couture_scheduler.worker.loading import Sources, load_dags
from couture_scheduler.worker.parse_child import describe


class Nothing:
    """A runtime without variables and connections."""

    def get_variable(self, key: str) -> str:
        raise KeyError(key)

    def get_connections(self, conn_id: str) -> list:
        return []


def load(root: str, path: str) -> dict:
    runtime.set_runtime(Nothing())  # type: ignore[arg-type]
    sources = Sources(root)
    try:
        sources.read(path)
        return {"dags": [dag_to_dict(dag) for dag in load_dags(sources, path).values()]}
    except BaseException as error:  # noqa: BLE001 - author code may raise anything
        return {**describe(error, root), "class": type(error).__name__, "whole": str(error)}


def start_fork(work: Callable[[], dict]) -> tuple[int, int]:
    """Do something in a fork; what it prints goes to stderr. Its pid and the end to read from."""
    end, start = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(end)
            with os.fdopen(start, "w") as out:
                os.dup2(2, 1)
                json.dump(work(), out)
        except BaseException:  # noqa: BLE001 - the parent sees that there is no answer
            traceback.print_exc()
        os._exit(0)
    os.close(start)
    return pid, end


def answer_of(pid: int, end: int) -> dict:
    """Wait for a fork's answer."""
    with os.fdopen(end) as answer:
        text = answer.read()
    status = os.waitpid(pid, 0)[1]
    return json.loads(text) if text else {"died": os.waitstatus_to_exitcode(status)}


def main(root: str) -> None:
    files = sorted(Path(root).rglob("*.py"))
    found = {str(file.relative_to(root)): None for file in files}
    for path in found:
        found[path] = answer_of(*start_fork(lambda path=path: load(root, path)))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
