"""Run a task that does nothing a few times in the base zygote, before anything is forked from it.

The interpreter specializes code that it has seen run, and caches are filled: what is done once here
is not done, and its memory not copied, in every attempt.
"""

import os
from importlib import import_module
from typing import Any

from couture_operators import DAG, PythonOperator, registry
from couture_operators.execution import run_task
from couture_operators.runtime import set_runtime

_TIMES = 10  # the interpreter specializes after eight
#: what most files import and what costs them milliseconds each
_USUAL = ("airflow", *(f"couture_operators.{name}" for name in ("decorators", "sensors.base")))
_NOW = "2026-01-01T00:00:00+00:00"


class _NoRuntime:
    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


def warm_up() -> None:
    """Leave everything as it was, only warmer."""
    for name in _USUAL:
        import_module(name)
    environment = dict(os.environ)
    with DAG("warm_up", schedule=None) as dag:
        task = PythonOperator(task_id="nothing", python_callable=lambda: None)
    for _ in range(_TIMES):
        run_task(dag, task, _info(), _NoRuntime())  # type: ignore[arg-type]
    registry.reset()
    set_runtime(None)
    os.environ.clear()
    os.environ.update(environment)


def _info() -> dict[str, Any]:
    return {
        "dag_id": "warm_up",
        "run_id": "warm_up",
        "task_id": "nothing",
        "map_index": -1,
        "try_number": 1,
        "max_tries": 0,
        "run_type": "manual",
        "logical_date": _NOW,
        "data_interval_start": _NOW,
        "data_interval_end": _NOW,
        "run_after": _NOW,
        "run_start_date": _NOW,
        "conf": {},
        "external_trigger": True,
        "hostname": "",
        "attempt_key": "",
        "test_mode": False,
        "dag_run_state": "running",
        "wants_length": False,
    }
