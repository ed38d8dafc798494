"""A scheduled notebook, from trigger to success, on a warm kernel."""

import statistics
import time
from pathlib import Path

import nbformat
from deployment import Deployment
from jupyter_client.manager import start_new_kernel

from bench.row import Row

CELLS = ["a = 1", "b = [n * a for n in range(1000)]", "print(sum(b))"]
DAGS = """
from couture_operators import CoutureJupyterOperator
for html in (False, True):
    name = "notebook_html" if html else "notebook"
    with DAG(name, schedule=None, start_date=START, is_paused_upon_creation=False) as dag:
        CoutureJupyterOperator(task_id="nb", input_nb="bench.ipynb", output_nb=name + ".ipynb",
                               parameters={"a": 2}, export_html=html)
    globals()[name] = dag
"""


def rows(home: Path) -> list[Row]:
    """Measure on a deployment of its own."""
    deployment = Deployment(home)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    book.cells[0].metadata["tags"] = ["parameters"]
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, deployment.settings.home_path / "notebooks" / "bench.ipynb")
    deployment.write("bench.py", DAGS)
    try:
        deployment.start()
        alone = _cells_alone()
        plain = _warm(deployment, "notebook")
        html = _warm(deployment, "notebook_html")
        memory = sum(process.memory_full_info().pss for process in deployment.processes()) / 1e6
    finally:
        deployment.stop()
    by = "the cells alone on a ready kernel"
    return [
        Row("3-cell notebook, trigger to success, warm", plain, "s", 0.15, False, alone, by),
        Row("the same with HTML", html, "s", 0.2, False, alone, by),
        Row("memory of all processes with warm kernels (PSS)", memory, "MB", 400),
    ]


def _warm(deployment: Deployment, dag_id: str) -> float:
    times = []
    for _ in range(8):
        time.sleep(2.5)  # the pool gets its next kernel ready
        started = time.perf_counter()
        run = deployment.trigger(dag_id)
        assert deployment.wait_for_run(dag_id, run, 60) == "success"
        times.append(time.perf_counter() - started)
    return statistics.median(times[2:])


def _cells_alone() -> float:
    manager, client = start_new_kernel()
    try:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            for cell in CELLS:
                client.execute_interactive(cell, output_hook=lambda _: None)
            times.append(time.perf_counter() - started)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return statistics.median(times)
