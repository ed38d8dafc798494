"""Task instances that wait for a slot: ten thousand may wait where a turn has room for a few."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, literal_column, or_, select, tuple_

from couture_scheduler.db.database import Tx
from couture_scheduler.db.tables import dag, dag_run, pool, task_instance
from couture_scheduler.states import TaskState
from couture_scheduler.store.runs import TO_QUEUE

_WAITS = task_instance.c.state == literal_column(f"'{TaskState.SCHEDULED}'")  # as its index says
SCHEDULED = select(task_instance.c.id).where(_WAITS)
_FULL_DAGS = select(dag.c.dag_id).where(
    or_(dag.c.occupied >= dag.c.max_active_tasks, and_(dag.c.is_paused, dag.c.active_runs > 0))
)
_TAKEN = pool.c.occupied + case((pool.c.include_deferred, pool.c.deferred), else_=0)
_FULL_POOLS = select(pool.c.name).where(pool.c.slots >= 0, pool.c.slots <= _TAKEN)
_ORDER = (task_instance.c.priority_weight.desc(), task_instance.c.run_pk, task_instance.c.id)
_WITH_ROOM = (  # of one table, so that every planner follows the index
    SCHEDULED.where(task_instance.c.dag_id.not_in(_FULL_DAGS))
    .where(task_instance.c.pool.not_in(_FULL_POOLS))
    .order_by(*_ORDER)
    .limit(bindparam("limit"))
    .offset(bindparam("after"))
)
_KINDS_OF = {
    "tasks": (task_instance.c.dag_id, task_instance.c.task_id),
    "tasks_of_runs": (task_instance.c.run_pk, task_instance.c.task_id),
    "pools": (task_instance.c.pool, task_instance.c.pool_slots),
}
_NOT_OF = _WITH_ROOM.where(
    *(tuple_(*kind).not_in(bindparam(name, expanding=True)) for name, kind in _KINDS_OF.items())
)


def _with_all(found: Select[Any]) -> Select[Any]:
    ids = found.subquery("found")
    return (
        select(
            *TO_QUEUE,
            dag_run.c.run_id,
            dag_run.c.state.label("run_state"),
            dag.c.version_id,
            dag.c.is_paused,
        )
        .select_from(ids.join(task_instance, task_instance.c.id == ids.c.id))
        .join(dag_run, dag_run.c.id == task_instance.c.run_pk)
        .join(dag, dag.c.dag_id == task_instance.c.dag_id)
        .where(_WAITS)
        .order_by(*_ORDER)
    )


_ALL, _ALL_NOT_OF = _with_all(_WITH_ROOM), _with_all(_NOT_OF)


@dataclass
class Full:
    """What has no room beyond what the pools' and DAGs' counters say.

    Attributes:
        tasks: (dag_id, task_id) of which no more may run in all runs.
        tasks_of_runs: (run_pk, task_id) of which no more may run in that run.
        pools: (name, pool_slots) of which so many are not left.
    """

    tasks: set[tuple[str, str]] = field(default_factory=set)
    tasks_of_runs: set[tuple[int, str]] = field(default_factory=set)
    pools: set[tuple[str, int]] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.tasks) + len(self.tasks_of_runs) + len(self.pools)


def list_waiting(tx: Tx, limit: int, after: int, full: Full) -> list[Any]:
    """Return task instances that wait for a slot, most important first, the first `after` not.

    Left out are those of `full` and those whose pool or DAG is full. Beside each stand its run's id
    and state, and its DAG's version and whether it is paused.
    """
    where: dict[str, Any] = {"limit": limit, "after": after}
    if not full:
        return tx.rows(_ALL, where)
    return tx.rows(_ALL_NOT_OF, where | {name: list(getattr(full, name)) for name in _KINDS_OF})
