"""TaskFlow: functions as DAGs, task groups and tasks."""

from couture_operators.decorators.dags import dag
from couture_operators.decorators.groups import task_group
from couture_operators.decorators.operators import DecoratedOperator
from couture_operators.decorators.setups import setup, teardown
from couture_operators.decorators.task import TaskDecorator, task_decorator_factory
from couture_operators.decorators.tasks import task
from couture_operators.setup_teardown import context_wrapper

__all__ = [
    "DecoratedOperator",
    "TaskDecorator",
    "context_wrapper",
    "dag",
    "setup",
    "task",
    "task_decorator_factory",
    "task_group",
    "teardown",
]
