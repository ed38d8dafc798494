"""Fetches the example DAGs of two Airflow distributions into a cache folder; nothing is committed.

`python tests/corpus/fetch.py` prints the folders. Each holds `example_dags/`, as a DAG folder would.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

WHEELS = {
    "1.10.15": {"airflow/": "main", "airflow/contrib/": "contrib"},
    "2.10.5": {"airflow/": "main"},
}


class NoNetwork(Exception):
    """The wheels can be had neither from the cache nor from an index."""


def cache_folder() -> Path:
    stated = os.environ.get("COUTURE_CORPUS") or os.environ.get("XDG_CACHE_HOME")
    return Path(stated or Path.home() / ".cache") / "couture-corpus"


def dag_folders() -> list[Path]:
    """Return the folders with example DAGs, fetched if need be."""
    folders = []
    for version, parts in WHEELS.items():
        for prefix, name in parts.items():
            folder = cache_folder() / version / name
            if not (folder / "complete").exists():
                _unpack(wheel(version), prefix, folder)
            folders.append(folder)
    return folders


def wheel(version: str) -> Path:
    """Return the distribution of a version, fetched if need be."""
    place = cache_folder() / "wheels"
    found = list(place.glob(f"apache_airflow-{version}-*.whl"))
    if not found:
        options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--quiet"]
        command = [sys.executable, "-m", "pip", "download", *options, "-d", str(place)]
        done = subprocess.run(
            [*command, f"apache-airflow=={version}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NoNetwork(f"apache-airflow {version} cannot be fetched: {done.stderr[-300:]}")
        found = list(place.glob(f"apache_airflow-{version}-*.whl"))
    return found[0]


def _unpack(wheel: Path, prefix: str, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(f"{prefix}example_dags/") and not name.endswith("/"):
                target = folder / name.removeprefix(prefix)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    (folder / "complete").touch()


if __name__ == "__main__":
    print(*dag_folders(), sep="\n")
