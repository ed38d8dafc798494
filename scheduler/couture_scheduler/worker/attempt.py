"""One attempt, in the process that was forked (or freshly started) for it."""

import socket
import sys
from typing import Any

from couture_operators.execution import run_task
from couture_scheduler import ipc
from couture_scheduler.worker.child import open_runtime, run_fresh


def run(sock: socket.socket, message: ipc.Message, dags: dict[str, Any]) -> None:
    """Run the task instance that `message` names and report how it ended.

    Args:
        sock: the attempt's own socket to the agent.
        message: {"info": couture_operators' task instance info, "env": {...}}.
        dags: the DAGs of the file version, imported already.
    """
    info = message["info"]
    _reseed()
    runtime = open_runtime(sock, message)
    try:
        dag = dags[info["dag_id"]]
        task = dag.get_task(info["task_id"])
    except KeyError:
        reason = f"{info['dag_id']}.{info['task_id']} is not in this version of the DAG file."
        runtime.client.tell("result", state="failed", reason=reason, fail_without_retry=True)
        return
    outcome = run_task(dag, task, info, runtime)
    runtime.client.tell(
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
        rendered_map_index=runtime.mask.hide(outcome.rendered_map_index),
    )


def _reseed() -> None:
    """Give each fork its own numpy random state; Python's own does so by itself."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


if __name__ == "__main__":
    run_fresh(run)
