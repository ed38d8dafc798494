"""One JupyterLab with the extension for each file of tests, and a browser.

lab     the running Lab: its address, home, and a way to write DAG files and notebooks
open_lab  opens Lab in a fresh page and fails on errors of the page
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

TOKEN = "t"
expect.set_options(timeout=15_000)  # other tests run beside these
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    missing = CHROMIUM is None and not os.environ.get("COUTURE_NO_SKIP")
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")
            if missing:
                reason = "chromium is missing: apt-get install chromium"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if CHROMIUM is None:
        pytest.fail("chromium is missing: apt-get install chromium")
    flags = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking "
    flags += "disable-component-update disable-sync"
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [f"--{flag}" for flag in flags.split()],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


@dataclass
class Lab:
    url: str
    home: Path
    process: subprocess.Popen
    token: str = TOKEN

    def write_dag(self, name: str, text: str) -> Path:
        path = self.home / "dags" / name
        path.write_text(textwrap.dedent(text))
        return path


@pytest.fixture(scope="module")
def lab_settings() -> dict[str, str]:
    """Variables that a file of tests wants Lab to have."""
    return {}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, lab_settings: dict[str, str]):
    base = tmp_path_factory.mktemp("lab")
    home = base / "couture"
    home.mkdir()
    port = _free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
            *(f"--port={port}", f"--ServerApp.root_dir={home}"),
            *(f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"),
            "--LabApp.extension_manager=readonly",
        ],
        env=_environment(base, home) | lab_settings,
        start_new_session=True,
        stdout=(base / "lab.log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    _wait_for(f"{url}/workflow/api/couture/dags?token={TOKEN}", base / "lab.log")
    yield Lab(url, home, process)
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:  # it hangs when a request had a thread of anyio's just then
        process.kill()
        process.wait()


@pytest.fixture
def open_lab(page: Page, lab: Lab) -> Callable[[], Page]:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def open_it(query: str = "reset") -> Page:
        page.goto(f"{lab.url}/lab?{query}&token={TOKEN}")
        page.wait_for_selector('[data-testid="couture-dags"]', state="attached", timeout=30_000)
        return page

    yield open_it
    assert errors == []


def _environment(base: Path, home: Path) -> dict[str, str]:
    settings = base / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = '{"fetchNews": "false", "checkForUpdates": false}'
    (settings / "notification.jupyterlab-settings").write_text(quiet)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("COUTURE_")},
        "HOME": str(base),
        "COUTURE_HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(base / "config"),
        "JUPYTER_RUNTIME_DIR": str(base / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(base / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(base / "settings"),
    }


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _wait_for(url: str, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"Lab did not start:\n{log.read_text()[-3000:]}")
