"""One callback attempt, in the process that was forked (or freshly started) for it."""

import socket
from typing import Any

from couture_scheduler import ipc
from couture_scheduler.worker.child import open_runtime, run_fresh


def run(sock: socket.socket, message: ipc.Message, dags: dict[str, Any]) -> None:
    """Call what `message["info"]["callback"]` names and report how that ended.

    Args:
        sock: the callback's own socket to the agent.
        message: as of an attempt.
        dags: the DAGs of the file version, imported already.
    """
    from couture_operators.callbacks import run_callback

    info = message["info"]
    runtime = open_runtime(sock, message)
    dag = dags.get(info["dag_id"])
    if dag is None:
        reason = f"{info['dag_id']} is not in this version of the DAG file."
        runtime.client.tell("result", state="failed", reason=reason)
        return
    task = dag.task_dict.get(info["task_id"]) if info["callback"]["of_task"] else None
    outcome = run_callback(dag, task, info, runtime)
    reason = runtime.mask.hide(outcome.reason) or None
    runtime.client.tell("result", state=outcome.state, reason=reason, value=outcome.value)


if __name__ == "__main__":
    run_fresh(run)
