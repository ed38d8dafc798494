"""Runs every DAG of some files to its end, each in a fork of its own, and prints the end states.

The scheduler's own rules decide, on a database in memory and a clock that jumps.
"""

import datetime as dt
import json
import os
import signal
import sys
import tempfile

from end_states import CONF
from load_files import Nothing, answer_of, start_fork

from couture_operators import runtime
from couture_scheduler.rehearsal.in_process import run_dag
from couture_scheduler.rehearsal.values import Values
from couture_scheduler.worker.loading import Sources, load_dags

LOGICAL_DATE = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)  # a Tuesday
_LIMIT = 120  # seconds for one DAG
_AT_ONCE = 40  # most of them sleep most of the time


def run(root: str, path: str, dag_id: str) -> dict:
    signal.alarm(_LIMIT)
    runtime.set_runtime(Nothing())  # type: ignore[arg-type]
    dag = load_dags(Sources(root), path)[dag_id]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AIRFLOW_HOME"] = folder  # a task makes folders there
        found = run_dag(dag, LOGICAL_DATE, CONF.get(dag_id), values=Values(None, None))
    tasks = {ti.name: ti.state for ti in found.task_instances}
    reasons = {ti.name: ti.reason for ti in found.task_instances if ti.state != "success"}
    return {"state": found.state, "tasks": tasks, "reasons": reasons}


def main(root: str, wanted: list[str]) -> None:
    """Run the DAGs named as `path:dag_id`."""
    found, forks, waiting = {}, {}, list(wanted)
    while waiting or forks:
        while waiting and len(forks) < _AT_ONCE:
            name = waiting.pop(0)
            path, _, dag_id = name.partition(":")
            forks[name] = start_fork(lambda path=path, dag_id=dag_id: run(root, path, dag_id))
        first = next(iter(forks))
        found[first] = answer_of(*forks.pop(first))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
