"""Import one DAG file from disk in a process of its own and report its DAGs as JSON."""

import socket
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from couture_operators import runtime as authoring
from couture_operators.serialize import dag_to_dict
from couture_scheduler import ipc
from couture_scheduler.sensitive import hide_in_urls
from couture_scheduler.worker import process
from couture_scheduler.worker.loading import Sources, load_dags
from couture_scheduler.worker.runtime import ReadingRuntime, SocketClient


def run(sock: socket.socket, message: ipc.Message) -> None:
    """Parse `message["path"]` below `message["root"]` and send the report.

    The report: {"dags": [...]} or {"error": {"message", "line", "stack_trace"}}, with "sources"
    ({path: text}), "touched" ({path: sha256}), "reads_runtime", "threads" and "seconds".
    """
    started = time.monotonic()
    client = SocketClient(sock)
    runtime = ReadingRuntime(client)
    authoring.set_runtime(runtime)  # type: ignore[arg-type]
    sources = Sources(message["root"])
    report: dict[str, Any] = {}
    try:
        sources.read(message["path"])
        sources.record_opens()
        dags = load_dags(sources, message["path"])
        for dag in dags.values():
            _read_template_files(dag, sources, message["path"])
        report["dags"] = [dag_to_dict(dag) for dag in dags.values()]
    except SystemExit as end:
        report["error"] = _plain(f"The file ended the interpreter: sys.exit({end.code!r}).")
    except BaseException as error:  # noqa: BLE001 - author code may raise anything
        told = describe(error, message["root"])
        report["error"] = {name: _hidden(runtime, one) for name, one in told.items()}
    client.tell(
        "report",
        **report,
        sources=sources.texts,
        touched=sources.touched | client.marks,
        reads_runtime=runtime.was_read,
        threads=process.thread_count(),
        seconds=round(time.monotonic() - started, 4),
    )


def describe(error: BaseException, root: str) -> dict[str, Any]:
    """Return message, line and traceback of what the author's code raised, our frames left out."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(root + "/")]
    line = own[-1].lineno if own else None
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(root + "/"):
        line = error.lineno
    text = "".join(
        [
            "Traceback (most recent call last):\n",
            *traceback.format_list(own or frames),
            *traceback.format_exception_only(error),
        ]
    )
    message = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    if isinstance(error, RecursionError | MemoryError) and not str(error):
        message = f"{type(error).__name__} while the file was imported."
    return {"message": message, "line": line, "stack_trace": text}


def _hidden(runtime: ReadingRuntime, one: Any) -> Any:
    """Return a part of an error without the secrets that the import was handed out or wrote."""
    return hide_in_urls(runtime.mask.hide(one) or "") if isinstance(one, str) else one


def _plain(message: str) -> dict[str, Any]:
    return {"message": message, "line": None, "stack_trace": message}


def _read_template_files(dag: Any, sources: Sources, path: str) -> None:
    """Read the `.sql` and `.sh` files that tasks name, so that they are part of the version."""
    folders = [path.rpartition("/")[0]]
    for extra in getattr(dag, "template_searchpath", None) or []:
        relative = sources.relative(str(Path(sources.root) / extra))
        folders += [relative] if relative is not None else []
    for task in dag.tasks:
        endings = tuple(getattr(task, "template_ext", ()) or ())
        for name in getattr(task, "template_fields", ()) if endings else ():
            value = getattr(task, name, None)
            if isinstance(value, str) and value.endswith(endings):
                for folder in folders:
                    if sources.read(f"{folder}/{value}".lstrip("/")) is not None:
                        break


if __name__ == "__main__":
    sys.exit("This module runs inside a zygote.")
