"""The HTTP API: answers while 500 tasks run, and what the extension adds to Lab's server."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
from deployment import Deployment, wait_until

from bench.engine import DAGS
from bench.row import Row

TOKEN = "bench"


def rows(home: Path) -> list[Row]:
    """Measure on a deployment of its own, with a Jupyter server beside it."""
    deployment = Deployment(home)
    deployment.write("bench.py", DAGS + "\nsmall = DAG('small', schedule=None, start_date=START)\n")
    server, url = _serve(home)
    try:
        deployment.start()
        deployment.wait_for_dag("small")
        wait_until(lambda: _call(f"{url}/api/v2/version"), 30, "the server answers")
        memory = psutil.Process(server.pid).memory_full_info().pss / 1e6
        idle = _triggers(url, 50)
        run = deployment.trigger("many")
        busy = _triggers(url, 100)
        deployment.wait_for_run("many", run, 60)
        with_us, without = memory, _plain_server_memory(home)
    finally:
        server.terminate()
        server.wait(10)
        deployment.stop()
    return [
        Row(
            "trigger call while 500 tasks run, p99",
            _p99(busy),
            "ms",
            200,
            False,
            _p99(idle),
            "idle",
        ),
        Row("trigger call while 500 tasks run, median", statistics.median(busy), "ms", 100),
        Row("memory that the extension adds to Lab's server (PSS)", with_us - without, "MB", 60),
    ]


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99) - 1]


def _triggers(url: str, count: int) -> list[float]:
    times = []
    for _ in range(count):
        started = time.perf_counter()
        _call(f"{url}/api/v2/dags/small/dagRuns", {"logical_date": None})
        times.append((time.perf_counter() - started) * 1000)
    return times


def _call(url: str, body: dict | None = None) -> dict | None:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except ConnectionError:
        return None
    except urllib.error.URLError:
        return None


def _serve(home: Path, extension: bool = True) -> tuple[subprocess.Popen, str]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    enabled = f"couture_server={extension}"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *(f"--port={port}", f"--ServerApp.root_dir={home}"),
            *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.jpserver_extensions={enabled}"),
        ],
        env={
            **os.environ,
            "COUTURE_HOME": str(home),
            "COUTURE_NO_SUPERVISOR": "1",
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return process, f"http://127.0.0.1:{port}/workflow"


def _plain_server_memory(home: Path) -> float:
    server, url = _serve(home, extension=False)
    try:
        address = url.removesuffix("/workflow")
        wait_until(lambda: _call(f"{address}/api"), 30, "the plain server answers")
        return psutil.Process(server.pid).memory_full_info().pss / 1e6
    finally:
        server.terminate()
        server.wait(10)
