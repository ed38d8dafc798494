"""Fixtures of the server's tests.

deployment  a seeded COUTURE_HOME (World), one for the session
server      a real Jupyter server on it in a process of its own, scheduler and agent switched off
http        a small HTTP client of that server with its token
client      Airflow's official client of that server
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import airflow_client.client as airflow
import pytest
from seeded import TOKEN, seed
from world import World


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory):
    world = seed(tmp_path_factory.mktemp("deployment") / "home")
    yield world
    world.db.close()


@pytest.fixture(scope="session")
def server(deployment: World, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("server")
    port = _free_port()
    home = deployment.settings.home_path
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
            *(f"--port={port}", "--ip=127.0.0.1", f"--IdentityProvider.token={TOKEN}"),
            f"--ServerApp.root_dir={home}",
            '--ServerApp.jpserver_extensions={"couture_server": True}',
        ],
        env={**os.environ, **_private_folders(folder), "COUTURE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("wb"),
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/api", process, folder / "log")
        yield f"{address}/workflow"
    finally:
        process.terminate()
        process.wait(15)


@dataclass(frozen=True)
class Http:
    """Calls below `workflow/`; answers (status, JSON or None)."""

    base: str

    def __call__(
        self, method: str, path: str, body: Any = None, accept: str = "application/json"
    ) -> tuple[int, Any]:
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310
            f"{self.base}/{path}",
            data,
            {"Authorization": f"token {TOKEN}", "Accept": accept},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return answer.status, _parse(answer.read(), accept)
        except urllib.error.HTTPError as error:
            return error.code, _parse(error.read(), "application/json")

    def get(self, path: str) -> Any:
        status, body = self("GET", path)
        assert status == 200, body
        return body


@pytest.fixture
def http(server: str) -> Http:
    return Http(server)


@pytest.fixture
def client(server):
    address = urlsplit(server)
    configuration = airflow.Configuration(host=f"http://{address.netloc}/workflow")
    with airflow.ApiClient(configuration) as api:
        api.set_default_header("Authorization", f"token {TOKEN}")
        yield api


def _parse(data: bytes, accept: str) -> Any:
    if accept != "application/json":
        return data.decode()
    return json.loads(data) if data else None


def _private_folders(folder: Path) -> dict[str, str]:
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")
    return {"COUTURE_NO_SUPERVISOR": "1", **{name: str(folder / name) for name in names}}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"The server did not start:\n{log.read_text()}")
