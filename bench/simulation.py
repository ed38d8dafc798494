"""How long a month of scheduling takes when it is simulated."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.row import Row
from couture_operators import DAG, BashOperator
from couture_operators.serialize import dag_to_dict
from couture_scheduler.schemas.simulations import SimulateBody
from couture_scheduler.services.simulate import simulate

START = datetime(2026, 1, 1, tzinfo=UTC)
MONTH, TASKS = timedelta(days=31), 10


def rows(_home: Path) -> list[Row]:
    """Measure an hourly DAG, as `couture dags simulate` plays it: in a child, start included."""
    fan, chain = _dag("fan"), _dag("chain")
    first, *middle, last = fan.tasks
    first >> middle >> last
    for above, below in zip(chain.tasks, chain.tasks[1:], strict=False):
        above >> below
    return [
        Row(f"a month of an hourly DAG simulated, {shape}", _seconds(dag), "s", 10)
        for shape, dag in (
            (f"1 task, {TASKS - 2} beside each other, 1 task", fan),
            (f"{TASKS} tasks in a chain", chain),
        )
    ]


def _dag(dag_id: str) -> DAG:
    dag = DAG(dag_id, schedule="@hourly", start_date=START)
    for number in range(TASKS):
        BashOperator(task_id=f"t{number}", bash_command="true", dag=dag)
    return dag


def _seconds(dag: DAG) -> float:
    body = SimulateBody.model_validate({"from": START, "to": START + MONTH})
    started = time.perf_counter()
    found = simulate([dag_to_dict(dag)], body, {}, {})
    assert len(found.runs) == 744, f"{len(found.runs)} runs"
    return time.perf_counter() - started
