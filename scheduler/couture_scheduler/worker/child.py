"""What every process does that runs author code for the agent, whatever it runs: shared set-up."""

import os
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any

from couture_operators import runtime as authoring
from couture_scheduler import ipc
from couture_scheduler.worker.loading import Sources, load_dags
from couture_scheduler.worker.runtime import AttemptRuntime, ReadingRuntime, SocketClient

Run = Callable[[socket.socket, ipc.Message, dict[str, Any]], None]


def open_runtime(sock: socket.socket, message: ipc.Message) -> AttemptRuntime:
    """Take the environment of an order, and answer author code over its socket from now on."""
    os.environ.update(message["env"])
    folder = message["path"].rpartition("/")[0]
    base_url = message.get("base_url", "")
    runtime = AttemptRuntime(SocketClient(sock), message["templates"], folder, base_url)
    authoring.set_runtime(runtime)
    return runtime


def run_fresh(run: Run) -> None:
    """Import the DAG file in this fresh interpreter and `run`: for files that cannot be forked."""
    sock = socket.socket(fileno=int(sys.argv[1]))
    sock.set_inheritable(False)
    received = ipc.receive(sock)
    if received is None:
        return
    message, _ = received
    authoring.set_runtime(ReadingRuntime(SocketClient(sock)))  # type: ignore[arg-type]
    try:
        dags = load_dags(Sources(message["root"], message["sources"]), message["path"])
    except BaseException as error:  # noqa: BLE001 - author code may raise anything
        traceback.print_exc()
        reason = f"The DAG file could not be imported: {type(error).__name__}: {error}"
        ipc.send(sock, {"op": "result", "state": "failed", "reason": reason})
        return
    run(sock, message, dags)
