"""The example DAGs, fetched once; each folder's files are imported once for all tests."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # the programs here share modules


def program(name, *arguments, timeout):
    """Run a program of this folder and return the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, "-P", str(HERE / name), *map(str, arguments)],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def folders():
    """The DAG folders of the corpus, named as `1.10.15/main`."""
    from fetch import NoNetwork, dag_folders

    try:
        found = dag_folders()
    except NoNetwork as error:
        if os.environ.get("COUTURE_NO_SKIP"):
            raise
        pytest.skip(f"The examples of Airflow cannot be fetched: {error}")
    return {f"{folder.parent.name}/{folder.name}": folder for folder in found}


@pytest.fixture(scope="session")
def loaded(folders):
    """{folder: {path: {"dags": [...]} or {"message": ...}}}."""

    @functools.cache
    def load(name):
        return program("load_files.py", folders[name], timeout=200)

    return load


@pytest.fixture(scope="session")
def played(folders, loaded):
    """{path:dag_id: {"state", "tasks", "reasons"}} of the DAGs that are to run."""

    def play(name, wanted):
        return program("run_files.py", folders[name], *wanted, timeout=280)

    return play
