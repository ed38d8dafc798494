"""Give slots: what is ready becomes queued as far as pools and DAGs have room, else scheduled.

Candidates are the ready ones of this look and all that have waited before, most important first.
Room is counted on locked counter rows by the same rules that explain a waiting task.
"""

from collections import Counter
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.engine.decide import Ready
from couture_scheduler.plans import Plans
from couture_scheduler.rules.ready import Verdict, View, within_limits
from couture_scheduler.states import TaskState
from couture_scheduler.store import attempts, limits, runs
from couture_scheduler.store.transition import Move, move

_AT_ONCE = 32


class Room:
    """What pools and DAGs have left in this transaction; their rows are locked."""

    def __init__(self, tx: Tx, candidates: list[Ready]):
        self.tx = tx
        self.pools = limits.lock_pools(tx)
        self.dags = limits.lock_dags(tx, {one.row.dag_id for one in candidates})
        self.taken_pools = Counter[str]()
        self.taken_dags = Counter[str]()
        self.left_pools = Counter[str]()
        self.taken_tasks: dict[tuple[str, str, int | None], int] = {}

    def limits_of(self, ready: Ready) -> dict[str, tuple[int, int]]:
        """Return what holds for one task instance: {kind:name -> (taken, size)}."""
        row = ready.row
        dag = self.dags[row.dag_id]
        found = self._of_pool(row)
        found["dag:"] = (dag.occupied + self.taken_dags[row.dag_id], dag.max_active_tasks)
        task = ready.plan.tasks[row.task_id].data
        if (per_dag := task.get("max_active_tis_per_dag")) is not None:
            found["task:"] = (self._of_task(row.dag_id, row.task_id, None), per_dag)
        if (per_run := task.get("max_active_tis_per_dagrun")) is not None:
            found["task in run:"] = (self._of_task(row.dag_id, row.task_id, row.run_pk), per_run)
        return found

    def _of_pool(self, row: Any) -> dict[str, tuple[int, int]]:
        pool = self.pools.get(row.pool)
        if pool is None:
            return {f"missing pool:{row.pool}": (0, 0)}
        taken = limits.taken(pool) + self.taken_pools[row.pool] - self.left_pools[row.pool]
        return {f"pool:{row.pool}": (taken - self._gives_back(row), pool.slots)}

    def _gives_back(self, row: Any) -> int:
        """Return how many slots a deferred task instance holds until it is queued or scheduled."""
        pool = self.pools.get(row.pool)
        counts = row.state == TaskState.DEFERRED and pool is not None and pool.include_deferred
        return row.pool_slots if counts else 0

    def take(self, row: Any) -> None:
        """Take the slots of one task instance."""
        self.leave(row)
        self.taken_pools[row.pool] += row.pool_slots
        self.taken_dags[row.dag_id] += 1
        for key in ((row.dag_id, row.task_id, None), (row.dag_id, row.task_id, row.run_pk)):
            if key in self.taken_tasks:
                self.taken_tasks[key] += 1

    def leave(self, row: Any) -> None:
        """Count what a deferred task instance held no longer: it is deferred no more."""
        self.left_pools[row.pool] += self._gives_back(row)

    def _of_task(self, dag_id: str, task_id: str, run_pk: int | None) -> int:
        key = (dag_id, task_id, run_pk)
        if key not in self.taken_tasks:
            self.taken_tasks[key] = runs.count_occupying(self.tx, *key)
        return self.taken_tasks[key]


def refusal(room: Room, ready: Ready, tx: Tx) -> Verdict | None:
    """Return the first limit that has no room for it, or None."""
    task = ready.plan.tasks[ready.row.task_id]
    view = View(task, ready.row, (), tx.now, limits=room.limits_of(ready))
    return next((verdict for verdict in within_limits(view) if not verdict.passed), None)


def give_slots(
    tx: Tx, plans: Plans, fresh: list[Ready], actor: str, executor: str, *, waits: bool = True
) -> int:
    """Queue what there is room for and return how many attempts were made.

    Args:
        waits: whether any task instance waited before.
    """
    made = looked_at = 0
    while True:
        waiting = _waiting(tx, plans, looked_at) if waits else []
        candidates = sorted(fresh + waiting, key=lambda one: -one.row.priority_weight)
        given = _give(tx, candidates, actor, executor) if candidates else 0
        made += given
        if len(waiting) < _AT_ONCE:
            return made
        if given == 0:  # a limit that the query does not know: look behind them
            looked_at += len(waiting)
        fresh = []


def _give(tx: Tx, candidates: list[Ready], actor: str, executor: str) -> int:
    room = Room(tx, candidates)
    admitted: list[Ready] = []
    refused: list[Move] = []
    for one in candidates:
        verdict = refusal(room, one, tx)
        if verdict is None:
            room.take(one.row)
            admitted.append(one)
        elif one.row.state != TaskState.SCHEDULED:
            room.leave(one.row)
            values = {"scheduled_at": tx.now, "due_at": None, "reason": verdict.reason}
            refused.append(Move(one.row, TaskState.SCHEDULED, one.run.run_id, values=values))
    move(tx, "task_instance", refused, actor)
    limits.add(tx, room.taken_pools, room.taken_dags)
    attempts.queue(tx, [_order(one) for one in admitted], actor, executor)
    return len(admitted)


def _order(one: Ready) -> attempts.Queueing:
    return attempts.Queueing(one.row, one.run.run_id, one.plan.file_version_id, one.plan.version_id)


def _waiting(tx: Tx, plans: Plans, after: int) -> list[Ready]:
    """Return the most important of those that waited before, of pools and DAGs with room."""
    found = []
    for row in runs.list_scheduled(tx, _AT_ONCE, after):
        plan = plans.get(tx, row.version_id)
        if plan.can_start(row.task_id, row.map_index):
            found.append(Ready(row, row, plan))
    return found
