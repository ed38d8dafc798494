"""The work: DAG files of every shape, and which of them are triggered in which order."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chaos import body

HEADER = """
from datetime import datetime, timedelta
from airflow.decorators import task
from airflow.operators.bash import BashOperator
from airflow.operators.python import BranchPythonOperator, PythonOperator
from couture_operators import DAG, CoutureJupyterOperator
import chaos_body
from chaos_body import run

chaos_body.imported()
ARGS = dict(retries=3, retry_delay=timedelta(seconds=1))
OPTIONS = dict(schedule=None, start_date=datetime(2026, 1, 1), is_paused_upon_creation=False,
               default_args=ARGS, max_active_runs=50)
def python(name, **more):
    options = {one: more.pop(one) for one in ("pool", "retries") if one in more}
    return PythonOperator(task_id=name, python_callable=run, op_kwargs=more, **options)
def bash(name):
    return BashOperator(task_id=name, bash_command=chaos_body.BASH)
"""

SHAPES = {
    "fan": """
first = python("first", tells=True)
last = python("last")
first >> [python(f"p{n}") for n in range(6)] >> last
""",
    "shell": """
bash("a") >> [bash("b"), python("c")] >> bash("d")
""",
    "mapped": """
@task
def items():
    return run(result=[1, 2, 3, 4, 5])
@task
def work(x):
    return run(result=x)
@task
def add(values):
    assert sorted(values) == [1, 2, 3, 4, 5], values
    run()
add(work.expand(x=items()))
""",
    "branch": """
def choose():
    run()
    return "left"
choice = BranchPythonOperator(task_id="choose", python_callable=choose)
join = PythonOperator(task_id="join", python_callable=run, trigger_rule="none_failed")
choice >> [python("left"), python("right")] >> join
""",
    "flaky": """
python("once", fails_below=2) >> python("twice", fails_below=3)
""",
    "pooled": """
[python(f"one{n}", pool="one") for n in range(3)]
[python(f"seven{n}", pool="seven", seconds=0.1) for n in range(4)]
""",
    "sleeper": """
python("sleep", seconds=8, daemon=True)
""",
    "notebook": """
CoutureJupyterOperator(task_id="nb", input_nb="chaos.ipynb")
""",
}
#: how many runs of a shape stand in a hundred tasks or so, and how many ledgered tasks one has
SHARES = {"fan": (5, 8), "shell": (5, 4), "mapped": (2, 7), "branch": (2, 3), "flaky": (2, 2),
          "pooled": (2, 7), "sleeper": (12, 1), "notebook": (3, 1)}  # fmt: skip
#: no sleeper waits behind older runs of its DAG: that would be no measure of how soon one is back
MORE = {"sleeper": "max_active_tasks=50"}
POOLS = {"one": 1, "seven": 7}


@dataclass(frozen=True)
class Schedule:
    """A DAG that runs by the clock.

    Attributes:
        seconds: its interval; 0 = `cron` says when.
        start: its start_date, in seconds since the epoch.
    """

    dag_id: str
    start: int
    seconds: int = 0
    cron: str = ""


def schedules(now: float) -> list[Schedule]:
    """Return the DAGs that run by the clock, from the next whole minute on."""
    start = int(now // 60) * 60
    return [Schedule("every_5s", start, seconds=5), Schedule("minutely", start, cron="* * * * *")]


def write_files(dags: Path, notebooks: Path, ledger: Path, by_clock: list[Schedule]) -> None:
    """Write all DAG files, what they import and the notebook."""
    write_body(dags, ledger)
    for name, shape in SHAPES.items():
        inside = "".join(f"    {line}\n" for line in shape.strip().splitlines())
        options = f"**OPTIONS, {MORE.get(name, '')}"
        text = f'{HEADER}\nwith DAG("{name}", {options}):\n{inside}'
        (dags / f"{name}.py").write_text(text)
    for one in by_clock:
        (dags / f"{one.dag_id}.py").write_text(_by_clock(one))
    (notebooks / "chaos.ipynb").write_text(notebook(dags, "start", "end"))


def write_body(dags: Path, ledger: Path) -> None:
    """Write what the DAG files import."""
    text = Path(body.__file__).read_text().replace("@FOLDER@", str(ledger))
    (dags / "chaos_body.py").write_text(text.replace("@HOST@", os.uname().nodename))


def _by_clock(one: Schedule) -> str:
    when = repr(one.cron) if one.cron else f"timedelta(seconds={one.seconds})"
    start = f'datetime.fromisoformat("{datetime.fromtimestamp(one.start, UTC).isoformat()}")'
    own = f"dict(schedule={when}, catchup=True, start_date={start})"
    return f'{HEADER}\nwith DAG("{one.dag_id}", **OPTIONS | {own}):\n    python("tick")\n'


def notebook(dags: Path, *kinds: str) -> str:
    """Return a notebook whose cells write to the ledger."""
    begin = f"import sys; sys.path.insert(0, {str(dags)!r}); import chaos_body; "
    cells = [
        {
            "cell_type": "code",
            "id": kind,
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": f"{begin}chaos_body.cell({kind!r})",
        }
        for kind in kinds
    ]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": spec}, "cells": cells}
    return json.dumps(whole)


def order_of_runs(seed: int, tasks: int) -> Iterator[str]:
    """Yield the DAGs to trigger until they have `tasks` tasks; the same ones for the same seed."""
    chance = random.Random(f"work {seed}")
    made = 0
    while made < tasks:
        names = [name for name, (runs, _) in SHARES.items() for _ in range(runs)]
        chance.shuffle(names)
        for name in names:
            if made >= tasks:
                return
            made += SHARES[name][1]
            yield name
