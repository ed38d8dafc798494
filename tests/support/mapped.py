"""DAGs with mapped tasks, as the scheduler stores them."""

from datetime import UTC, datetime
from typing import Any

from couture_operators import DAG, EmptyOperator
from couture_operators.serialize import dag_to_dict
from couture_operators.taskgroup import TaskGroup

START = datetime(2026, 11, 20, tzinfo=UTC)


def make_dag(dag_id: str = "d", **options: Any) -> DAG:
    options = {"schedule": None, "start_date": START, "max_active_tasks": 2000, **options}
    return DAG(dag_id, is_paused_upon_creation=False, **options)


def task(dag: DAG, name: str, group: TaskGroup | None = None, **options: Any) -> EmptyOperator:
    return EmptyOperator(task_id=name, dag=dag, task_group=group, **options)


def stored(dag: DAG, mapped: dict[str, Any]) -> dict[str, Any]:
    """Return the DAG with these tasks and groups mapped.

    Args:
        mapped: task_id or group_id -> an input or a list of them; an input is a length or the name
            of the task that returns what to map over.
    """
    data = dag_to_dict(dag)
    for one in [*data["tasks"], *data["task_groups"]]:
        name = one.get("task_id") or one.get("group_id")
        if name in mapped:
            given = mapped[name] if isinstance(mapped[name], list) else [mapped[name]]
            one["mapped"] = {"kind": "expand", "inputs": [_input(item) for item in given]}
    return data


def _input(item: Any) -> dict[str, Any]:
    if isinstance(item, int):
        return {"name": "x", "length": item}
    expr = item if isinstance(item, dict) else {"xcom": item, "key": "return_value"}
    return {"name": "x", "expr": expr}
