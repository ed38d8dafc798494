"""One attempt, in the process that was forked (or freshly started) for it."""

import os
import socket
import sys
import traceback
from typing import Any

from couture_operators import runtime as authoring
from couture_operators.execution import run_task
from couture_scheduler import ipc
from couture_scheduler.worker.loading import Sources, load_dags
from couture_scheduler.worker.runtime import AttemptRuntime, ReadingRuntime, SocketClient


def run(sock: socket.socket, message: ipc.Message, dags: dict[str, Any]) -> None:
    """Run the task instance that `message` names and report how it ended.

    Args:
        sock: the attempt's own socket to the agent.
        message: {"info": couture_operators' task instance info, "env": {...}}.
        dags: the DAGs of the file version, imported already.
    """
    info = message["info"]
    os.environ.update(message["env"])
    _reseed()
    client = SocketClient(sock)
    folder = message["path"].rpartition("/")[0]
    runtime = AttemptRuntime(client, message["templates"], folder)
    authoring.set_runtime(runtime)
    try:
        dag = dags[info["dag_id"]]
        task = dag.get_task(info["task_id"])
    except KeyError:
        reason = f"{info['dag_id']}.{info['task_id']} is not in this version of the DAG file."
        client.tell("result", state="failed", reason=reason, fail_without_retry=True)
        return
    outcome = run_task(dag, task, info, runtime)
    client.tell(
        "result",
        state=outcome.state,
        reason=runtime.mask.hide(outcome.reason) or None,
        error_class=outcome.error_class,
        traceback=runtime.mask.hide(outcome.traceback),
        fail_without_retry=outcome.fail_without_retry,
        reschedule_at=outcome.reschedule_at,
        skip_downstream=list(outcome.skip_downstream),
        asset_events=list(outcome.asset_events),
        resume_at=outcome.resume_at,
        next_method=outcome.next_method,
        next_kwargs=outcome.next_kwargs,
        defer_timeout=outcome.defer_timeout,
        rendered_map_index=outcome.rendered_map_index,
    )


def _reseed() -> None:
    """Give each fork its own numpy random state; Python's own does so by itself."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def main() -> None:
    """Run one attempt in this fresh interpreter: for files that cannot be forked."""
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
