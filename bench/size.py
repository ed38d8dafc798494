"""The engine at size: one run of 10,000 tasks, and 200 runs that share two small pools."""

import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deployment import Deployment
from sqlalchemy import insert, select

from bench.engine import DAGS, tasks_of
from bench.row import Row
from couture_scheduler.db.tables import dag_run, history, pool, task_instance

_TASKS, _RUNS, _SECONDS = 10_000, 200, 300
_POOLS = {"one": 1, "seven": 7}
_LARGE = f"""
def nothing(number=None):
    pass

COMMON = dict(schedule=None, start_date=START, is_paused_upon_creation=False, max_active_tasks=64)

mapped = DAG("mapped", **COMMON)
PythonOperator.partial(task_id="t", python_callable=nothing, dag=mapped).expand(
    op_args=[[number] for number in range({_TASKS})]
)

plain = DAG("plain", **COMMON)
for number in range({_TASKS}):
    PythonOperator(task_id=f"t{{number}}", python_callable=nothing, dag=plain)

shared = DAG("shared", max_active_runs={_RUNS}, **COMMON)
for number in range(20):
    PythonOperator(
        task_id=f"t{{number}}", python_callable=nothing, dag=shared,
        pool={{0: "one"}}.get(number, "seven"),
    )
"""


def rows(home: Path) -> list[Row]:
    """Measure on a deployment of its own, the 500 tasks of `engine` before and after."""
    deployment = Deployment(
        home, max_map_length=_TASKS, max_active_runs_per_dag=_RUNS, parse_timeout=120.0
    )
    with deployment.db.write() as tx:
        tx.execute(insert(pool), [{"name": key, "slots": size} for key, size in _POOLS.items()])
    deployment.write("bench.py", DAGS)
    deployment.write("large.py", _LARGE)
    try:
        deployment.start()
        deployment.wait_for_dag("shared")
        few = [_rate(deployment, "many") for _ in range(4)][1:]
        found = [_large(deployment, dag_id) for dag_id in ("mapped", "plain")]
        few += [_rate(deployment, "many") for _ in range(2)]
        rate = statistics.median(few)
        return [
            *(_row(dag_id, rate_of, rate) for dag_id, rate_of in found),
            *_shared(deployment, rate),
        ]
    finally:
        deployment.stop()


def _rate(deployment: Deployment, dag_id: str) -> float:
    return _of(tasks_of(deployment, dag_id, _SECONDS))


def _of(found: list[Any]) -> float:
    first, last = min(row.start_date for row in found), max(row.end_date for row in found)
    return len(found) / (last - first).total_seconds()


def _large(deployment: Deployment, dag_id: str) -> tuple[str, float]:
    return dag_id, _rate(deployment, dag_id)


def _row(dag_id: str, rate: float, few: float) -> Row:
    what = f"tasks a second in one run of {_TASKS:,} {dag_id} tasks"
    return Row(what, rate, "/s", 0.7 * few, True, few, "a run of 500, same session")


def _shared(deployment: Deployment, few: float) -> list[Row]:
    started = time.perf_counter()
    for _ in range(_RUNS):
        deployment.trigger("shared")
    while (left := _open(deployment)) and time.perf_counter() - started < _SECONDS:
        time.sleep(0.25)  # a look takes what is measured
    assert not left, f"{left} runs are open"
    with deployment.db.read() as tx:
        query = select(task_instance).where(task_instance.c.dag_id == "shared")
        found = tx.rows(query)
        moves = tx.rows(
            select(history.c.entity_id, history.c.before, history.c.after)
            .where(history.c.dag_id == "shared", history.c.kind == "task_instance")
            .order_by(history.c.id)
        )
    most = _most_at_once({str(row.id): row.pool for row in found}, moves)
    assert all(0 < most[name] <= size for name, size in _POOLS.items()), most
    what = f"tasks a second in {_RUNS} runs of 20 at once, pools of 1 and 7 (held: {dict(most)})"
    return [Row(what, _of(found), "/s", 0.5 * few, True, few, "a run of 500, same session")]


def _open(deployment: Deployment) -> int:
    query = select(dag_run.c.id).where(dag_run.c.dag_id == "shared", dag_run.c.state != "success")
    with deployment.db.read() as tx:
        return len(tx.rows(query))


def _most_at_once(pool_of: dict[str, str], moves: list[Any]) -> Counter[str]:
    """Return how many slots of each pool were held at most, from the history."""
    held: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for name, step in _steps(pool_of, moves):
        held[name] += step
        most[name] = max(most[name], held[name])
    return most


def _steps(pool_of: dict[str, str], moves: list[Any]) -> Iterator[tuple[str, int]]:
    holds = ("queued", "running")
    for move in moves:
        step = (move.after in holds) - (move.before in holds)
        if step:
            yield pool_of[move.entity_id], step
