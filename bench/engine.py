"""Figures of scheduler and agent: throughput, hops, ready, idle."""

import importlib.util
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from deployment import Deployment, wait_until

from bench.row import Row
from couture_scheduler.store import runs

DAGS = """
def nothing():
    pass

many = DAG("many", schedule=None, start_date=START, is_paused_upon_creation=False, max_active_tasks=64)
for number in range(500):
    PythonOperator(task_id=f"t{number:03}", python_callable=nothing, dag=many)

chain = DAG("chain", schedule=None, start_date=START, is_paused_upon_creation=False)
tasks = [PythonOperator(task_id=f"t{n:02}", python_callable=nothing, dag=chain) for n in range(30)]
for above, below in zip(tasks, tasks[1:]):
    above >> below
"""


WITH_NUMPY = "import numpy, pandas\n" + DAGS.partition("chain =")[0].replace('"many"', '"numeric"')


def rows(home: Path) -> list[Row]:
    """Measure on a deployment of its own."""
    deployment = Deployment(home)
    deployment.write("bench.py", DAGS)
    try:
        started = time.perf_counter()
        deployment.start()
        wait_until(lambda: deployment.dag("chain"), what="first DAG known")
        ready = time.perf_counter() - started
        return [
            *_throughput(deployment, "many", (), 300, 0.75),
            *_numeric(deployment),
            _hop(deployment),
            _first_after_idle(deployment),
            _file_to_version(deployment),
            Row("start to first DAG known, scheduler and agent", ready, "s", 4),
            *_idle(deployment),
        ]
    finally:
        deployment.stop()


def _throughput(
    deployment: Deployment, dag_id: str, modules: tuple[str, ...], goal: float, part: float
) -> list[Row]:
    """Measure, with the fork limit before and after: its median is the limit of this run."""
    limits = [_fork_limit(*modules)]
    span_of(deployment, dag_id)
    rates = []
    for _ in range(5):
        rates.append(500 / span_of(deployment, dag_id))
        limits.append(_fork_limit(*modules))
    rate, limit = statistics.median(rates), statistics.median(limits)
    with_them = f", the DAG file imports {' and '.join(modules)}" if modules else ""
    what = f"no-op Python tasks a second, each in its own process{with_them}"
    by = "fork and wait on one core"
    return [
        Row(what, rate, "/s", goal, True, limit, by),
        Row("the same, as a part of the fork limit", rate / limit, "", part, True),
    ]


def _numeric(deployment: Deployment) -> list[Row]:
    if not all(importlib.util.find_spec(name) for name in ("numpy", "pandas")):
        return []
    deployment.write("numeric.py", WITH_NUMPY)
    deployment.wait_for_dag("numeric")
    return _throughput(deployment, "numeric", ("numpy", "pandas"), 100, 0.6)


def _fork_limit(*modules: str) -> float:
    command = ["taskset", "-c", "0", sys.executable, "-m", "bench.fork_limit", *modules]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)


def span_of(deployment: Deployment, dag_id: str) -> float:
    """Run a DAG once; return the seconds from its first task's start to its last one's end."""
    found = tasks_of(deployment, dag_id)
    first, last = min(row.start_date for row in found), max(row.end_date for row in found)
    return (last - first).total_seconds()


def tasks_of(deployment: Deployment, dag_id: str, seconds: float = 60) -> list[Any]:
    """Run a DAG once to its end; return its task instances."""
    run = deployment.trigger(dag_id)
    deadline = time.monotonic() + seconds
    while (state := _state(deployment, dag_id, run)) not in ("success", "failed"):
        assert time.monotonic() < deadline, f"run {run} of {dag_id} is {state}"
        time.sleep(0.1)  # a look at the database takes what is measured
    assert state == "success"
    with deployment.db.read() as tx:
        return runs.list_tis(tx, runs.get_run(tx, dag_id, run).id)


def _state(deployment: Deployment, dag_id: str, run_id: str) -> str:
    with deployment.db.read() as tx:
        return runs.get_run(tx, dag_id, run_id).state


def _hop(deployment: Deployment) -> Row:
    gaps = []
    for _ in range(3):
        found = sorted(tasks_of(deployment, "chain"), key=lambda row: row.task_id)
        gaps += [
            (below.start_date - above.end_date).total_seconds() * 1000
            for above, below in zip(found, found[1:], strict=False)
        ]
    spans = [span_of(deployment, "chain") / 30 * 1000 for _ in range(5)]
    gap = statistics.median(gaps)
    what = f"a hop in a chain of 30, from start to start (end to start: {gap:.1f} ms)"
    return Row(what, statistics.median(spans), "ms", 10)


def _first_after_idle(deployment: Deployment) -> Row:
    time.sleep(2)
    started = time.perf_counter()
    run = deployment.trigger("chain")
    deployment.wait_for_state("chain", run, "t00", "success")
    took = time.perf_counter() - started
    deployment.wait_for_run("chain", run)
    return Row("first task after idle, trigger to success", took, "s", 0.4)


def _file_to_version(deployment: Deployment) -> Row:
    times = []
    for number in range(5):
        text = f"with DAG('fresh'):\n    BashOperator(task_id='t{number}', bash_command='true')\n"
        before = deployment.dag("fresh")
        started = time.perf_counter()
        deployment.write("fresh.py", text)
        wait_until(
            lambda old=before: (
                (dag := deployment.dag("fresh"))
                and (old is None or dag.version_id != old.version_id)
            ),
            what="new version",
        )
        times.append(time.perf_counter() - started)
    return Row("saved DAG file to new version", statistics.median(times), "s", 0.5)


def _idle(deployment: Deployment, seconds: float = 30) -> list[Row]:
    time.sleep(2)
    before = cpu_seconds(deployment)
    time.sleep(seconds)
    used = (cpu_seconds(deployment) - before) * 60 / seconds
    memory = sum(process.memory_full_info().pss for process in deployment.processes()) / 1e6
    return [
        Row("idle: CPU seconds a minute (schedstat)", used, "s", 0.3),
        Row("idle: memory of all processes (PSS)", memory, "MB", 250),
    ]


def cpu_seconds(deployment: Deployment) -> float:
    """Return the CPU seconds of all processes and threads so far, from schedstat."""
    total = 0
    for process in deployment.processes():
        for path in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
            total += int(path.read_text().split()[0])
    return total / 1e9
