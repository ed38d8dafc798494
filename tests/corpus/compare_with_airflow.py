"""Compares the table of end states with what Airflow itself makes of the same DAGs.

`python tests/corpus/compare_with_airflow.py 2.10.5/main PYTHON`, where PYTHON is that of a virtual
environment with that Airflow (1.10.15 wants Python 3.8). Prints what differs; a tool, not a test.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from end_states import CONF, ENDS, NOT_RUN, End
from fetch import dag_folders

HERE = Path(__file__).parent
_SECONDS = 900  # a sensor of the examples waits for ten minutes
_AT_ONCE = 3


class Airflow:
    """One Airflow with an SQLite database of its own for each DAG."""

    def __init__(self, python: str, home: Path):
        self.python, self.home = python, home

    def call(self, home: Path, *arguments: str) -> str:
        url = f"sqlite:///{home}/airflow.db"
        env = {
            **os.environ,
            "PATH": f"{Path(self.python).parent}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__SQL_ALCHEMY_CONN": url,
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }
        command = [self.python, "-W", "ignore", *arguments]
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {(done.stdout + done.stderr)[-800:]}")
        return done.stdout

    def prepare(self, root: Path, is_old: bool) -> None:
        """Make a database that knows the DAGs of a folder."""
        program = str(Path(self.python).with_name("airflow"))
        self.call(self.home, program, *(["initdb"] if is_old else ["db", "migrate"]))
        self.call(self.home, str(HERE / "in_airflow.py"), str(root))

    def ends(self, root: Path, path: str, dag_id: str) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(self.home / "airflow.db", folder)
            conf = json.dumps(CONF.get(dag_id, {}))
            said = self.call(
                Path(folder), str(HERE / "in_airflow.py"), str(root), path, dag_id, conf
            )
        return json.loads(said.splitlines()[-1])


def dags_of(root: Path) -> list[tuple[str, str]]:
    """Return (path, dag_id) of what a folder's files define, as we load them."""
    said = subprocess.run(
        [sys.executable, "-P", str(HERE / "load_files.py"), str(root)],
        env={**os.environ, "PYTHONPATH": str(HERE)},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    files = json.loads(said).items()
    return [(path, dag["dag_id"]) for path, file in files for dag in file.get("dags", ())]


def main(name: str, python: str) -> int:
    """Print the DAGs whose end differs from the table; return how many."""
    root = next(one for one in dag_folders() if f"{one.parent.name}/{one.name}" == name)
    wanted = [(path, dag_id) for path, dag_id in dags_of(root) if dag_id not in NOT_RUN[name]]
    differ = 0
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(_AT_ONCE) as pool:
        airflow = Airflow(python, Path(home))
        airflow.prepare(root, is_old=name.startswith("1."))
        ends = pool.map(lambda one: airflow.ends(root, *one), wanted)
        for (_, dag_id), found in zip(wanted, ends, strict=True):
            expected = ENDS[name].get(dag_id, End())
            if found["state"] != expected.state or not expected.allows(found["tasks"]):
                differ += 1
                print(dag_id, found, expected, sep="\n  ")
    print(f"{len(wanted)} DAGs of {name}: {differ} end otherwise than the table says")
    return differ


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1], sys.argv[2])))
