"""Figures of the DAG folder: many files cold, and what they cost while nothing changes."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from deployment import Deployment, wait_until
from sqlalchemy import func, select

from bench.engine import cpu_seconds
from bench.row import Row
from couture_scheduler.db.tables import dag

FILES, TASKS = 500, 10
_WATCHED = 65  #: seconds: two full scans of the folder lie in them

DAG_FILE = """
with DAG("dag_{number:03}", schedule="@daily", start_date=START) as dag:
    tasks = [BashOperator(task_id=f"t{{n}}", bash_command="true") for n in range({tasks})]
    for above, below in zip(tasks, tasks[1:]):
        above >> below
"""


def rows(home: Path) -> list[Row]:
    """Measure on a deployment of its own."""
    deployment = Deployment(home)
    for number in range(FILES):
        deployment.write(f"file_{number:03}.py", DAG_FILE.format(number=number, tasks=TASKS))
    try:
        started = time.perf_counter()
        deployment.start()
        wait_until(lambda: _known(deployment) == FILES, 120, "all DAGs known")
        cold = time.perf_counter() - started
        limit = FILES * _interpreter_and_import()
        return [
            Row(
                f"{FILES} files of {TASKS} tasks, start to all known",
                *(cold, "s", 20, False, limit, "a fresh interpreter for each, one after another"),
            ),
            Row(
                f"CPU a minute with {FILES} files while nothing changes", _idle(deployment), "s", 1
            ),
        ]
    finally:
        deployment.stop()


def _known(deployment: Deployment) -> int:
    with deployment.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(dag))


def _interpreter_and_import() -> float:
    """Return the seconds that a fresh interpreter takes to import what a DAG file imports."""
    command = [sys.executable, "-c", "import couture_operators"]
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run(command, check=True, env=os.environ)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _idle(deployment: Deployment) -> float:
    time.sleep(5)  # the base processes settle
    before = cpu_seconds(deployment)
    started = time.perf_counter()
    time.sleep(_WATCHED)
    return (cpu_seconds(deployment) - before) * 60 / (time.perf_counter() - started)
