"""The variants of `@task` under the names that Airflow's modules give them."""

from __future__ import annotations

from typing import Any

from couture_operators import registry
from couture_operators.decorators.setups import setup, teardown
from couture_operators.decorators.tasks import task
from couture_operators.taskgroup import TaskGroup, current_group, free_id

python_task = task.python
bash_task = task.bash
branch_task = task.branch
short_circuit_task = task.short_circuit
virtualenv_task = task.virtualenv
external_python_task = task.external_python
branch_virtualenv_task = task.branch_virtualenv
branch_external_python_task = task.branch_external_python
sensor_task = task.sensor
run_if, skip_if = task.run_if, task.skip_if
setup_task, teardown_task = setup, teardown


def get_unique_task_id(task_id: str, dag: Any = None, task_group: TaskGroup | None = None) -> str:
    """The id of a task, with the prefix of its group and `__1` after it where it is taken."""
    found = dag or registry.current_dag()
    group = task_group or (current_group(found) if found is not None else None)
    return task_id if group is None else group.child_id(free_id(task_id, group))
