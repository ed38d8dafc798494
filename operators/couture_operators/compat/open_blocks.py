"""Which `with DAG(...)` and `with TaskGroup(...)` blocks are open, under Airflow's names."""

from __future__ import annotations

from couture_operators import registry
from couture_operators.dag import DAG
from couture_operators.taskgroup import TaskGroup, current_group


class DagContext:
    """The open block of a DAG."""

    @classmethod
    def push_context_managed_dag(cls, dag: DAG) -> None:
        """Open the block of a DAG."""
        registry.enter(dag)

    @classmethod
    def pop_context_managed_dag(cls) -> DAG | None:
        """Close the innermost block; its DAG."""
        dag = registry.current_dag()
        if dag is not None:
            registry.leave()
        return dag

    @classmethod
    def get_current_dag(cls) -> DAG | None:
        """The DAG of the innermost block, None outside."""
        return registry.current_dag()


class TaskGroupContext:
    """The open block of a task group."""

    @classmethod
    def get_current_task_group(cls, dag: DAG | None = None) -> TaskGroup | None:
        """The group of the innermost block, else the DAG's own; None outside of a DAG."""
        found = dag or registry.current_dag()
        return None if found is None else current_group(found)
