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


def start(name, *arguments):
    """Start a program of this folder that prints JSON."""
    return subprocess.Popen(
        [sys.executable, "-P", str(HERE / name), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )


def answer(program, timeout):
    """Return what a program prints, once it is over."""
    out, err = program.communicate(timeout=timeout)
    assert program.returncode == 0, err.decode(errors="replace")[-2000:]
    return json.loads(out)


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
def wheels(folders):
    """{version: path of the distribution}."""
    from fetch import WHEELS, wheel

    return {version: wheel(version) for version in WHEELS}


@pytest.fixture(scope="session")
def loaded(folders):
    """{folder: {path: {"dags": [...]} or {"message": ...}}}."""

    @functools.cache
    def load(name):
        return answer(start("load_files.py", folders[name]), timeout=200)

    return load


@pytest.fixture(scope="session")
def places(loaded):
    """{dag_id: path:dag_id} of a folder's DAGs."""

    def find(name):
        return {
            dag["dag_id"]: f"{path}:{dag['dag_id']}"
            for path, report in loaded(name).items()
            for dag in report.get("dags", ())
        }

    return find


@pytest.fixture(scope="session")
def played(folders, places):
    """{dag_id: {"state", "tasks", "reasons"}} of a folder's DAGs; those of all folders run at once."""
    from end_states import NOT_RUN

    wanted = {
        name: {dag_id: place for dag_id, place in places(name).items() if dag_id not in left_out}
        for name, left_out in NOT_RUN.items()
    }
    running = {
        name: start("run_files.py", folders[name], *wanted[name].values()) for name in wanted
    }

    @functools.cache
    def play(name):
        ends = answer(running[name], timeout=280)
        return {dag_id: ends[place] for dag_id, place in wanted[name].items()}

    yield play
    for program in running.values():
        program.kill()
        program.communicate()
