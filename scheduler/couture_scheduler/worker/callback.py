"""One callback attempt, in the process that was forked (or freshly started) for it."""

import os
import socket
import sys
import traceback
from typing import Any

from couture_operators import runtime as authoring
from couture_scheduler import ipc
from couture_scheduler.worker.loading import Sources, load_dags
from couture_scheduler.worker.runtime import AttemptRuntime, ReadingRuntime, SocketClient


def run(sock: socket.socket, message: ipc.Message, dags: dict[str, Any]) -> None:
    """Call what `message["info"]["callback"]` names and report how that ended.

    Args:
        sock: the callback's own socket to the agent.
        message: as of an attempt.
        dags: the DAGs of the file version, imported already.
    """
    from couture_operators.callbacks import run_callback

    info = message["info"]
    os.environ.update(message["env"])
    client = SocketClient(sock)
    folder = message["path"].rpartition("/")[0]
    runtime = AttemptRuntime(client, message["templates"], folder)
    authoring.set_runtime(runtime)
    dag = dags.get(info["dag_id"])
    if dag is None:
        reason = f"{info['dag_id']} is not in this version of the DAG file."
        client.tell("result", state="failed", reason=reason)
        return
    task = dag.task_dict.get(info["task_id"]) if info["callback"]["of_task"] else None
    outcome = run_callback(dag, task, info, runtime)
    reason = runtime.mask.hide(outcome.reason) or None
    client.tell("result", state=outcome.state, reason=reason, value=outcome.value)


def main() -> None:
    """Call in this fresh interpreter: for files that cannot be forked."""
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


if __name__ == "__main__":
    main()
