"""Give slots: what is ready becomes queued as far as pools and DAGs have room, else scheduled.

Candidates are the ready ones of this look and all that have waited before, most important first.
Room is counted on locked counter rows by the same rules that explain a waiting task.
"""

from collections import ChainMap, Counter
from functools import partial
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.engine.decide import Ready
from couture_scheduler.isolation import Isolation
from couture_scheduler.plans import Plans
from couture_scheduler.rules.ready import Verdict, View, within_limits
from couture_scheduler.states import RunState, TaskState
from couture_scheduler.store import attempts, limits, runs, waiting
from couture_scheduler.store.transition import Move, move

_AT_ONCE = 32
_OF_TASK, _OF_RUN = "task:", "task in run:"  #: kinds of limits, as `rules.ready` explains them


class Room:
    """What pools and DAGs have left in this transaction; their rows are locked.

    Attributes:
        dags: those of the candidates that no other transaction holds.
    """

    def __init__(self, tx: Tx, candidates: list[Ready]):
        self.tx = tx
        self.dags = limits.lock_free_dags(tx, {one.row.dag_id for one in candidates})
        self.pools = limits.lock_pools(tx)
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
            found[_OF_TASK] = (self._of_task(row.dag_id, row.task_id, None), per_dag)
        if (per_run := task.get("max_active_tis_per_dagrun")) is not None:
            found[_OF_RUN] = (self._of_task(row.dag_id, row.task_id, row.run_pk), per_run)
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


def lacking(room: Room, ready: Ready, tx: Tx) -> dict[str, Verdict]:
    """Return the limits that have no room for it: {kind:name -> what to say}."""
    task, limits_of = ready.plan.tasks[ready.row.task_id], room.limits_of(ready)
    verdicts = within_limits(View(task, ready.row, (), tx.now, limits=limits_of))
    return {
        limit: verdict
        for limit, verdict in zip(limits_of, verdicts, strict=True)
        if not verdict.passed
    }


def _note(full: waiting.Full, row: Any, lacks: dict[str, Verdict]) -> None:
    """Note what the query for those that wait does not know by itself."""
    if _OF_TASK in lacks:
        full.tasks.add((row.dag_id, row.task_id))
    if _OF_RUN in lacks:
        full.tasks_of_runs.add((row.run_pk, row.task_id))
    if any("pool:" in limit for limit in lacks):
        full.pools.add((row.pool, row.pool_slots))


def give_slots(
    tx: Tx,
    plans: Plans,
    fresh: list[Ready],
    actor: str,
    executor: str,
    isolation: Isolation,
    *,
    waits: bool = True,
) -> dict[str, str]:
    """Queue what there is room for and return the queues of the attempts made, by their tokens.

    Args:
        waits: whether any task instance waited before.
    """
    made: dict[str, str] = {}
    looked_at, full = 0, waiting.Full()
    while True:
        rows = waiting.list_waiting(tx, _AT_ONCE, looked_at, full) if waits else []
        candidates = sorted([*fresh, *_startable(tx, plans, rows, isolation)], key=_importance)
        before = len(full)
        give = partial(_give, tx, full, actor, executor)
        given = dict(ChainMap(*isolation.each(tx, candidates, _what, give)))
        made |= given
        if len(rows) < _AT_ONCE:
            return made
        if not given and len(full) == before:  # what the query does not know: look behind them
            looked_at += len(rows)
        fresh = []


def _what(one: Ready) -> str:
    return f"Giving a slot to {one.row.task_id} of {one.row.dag_id}"


def _give(
    tx: Tx, full: waiting.Full, actor: str, executor: str, candidates: list[Ready]
) -> dict[str, str]:
    """Queue what there is room for; note in `full` what has none."""
    room = Room(tx, candidates)
    admitted: list[Ready] = []
    refused: list[Move] = []
    for one in candidates:
        if one.row.dag_id not in room.dags:  # who holds it gives slots, or rings when it is done
            continue
        lacks = lacking(room, one, tx)
        if not lacks:
            room.take(one.row)
            admitted.append(one)
            continue
        _note(full, one.row, lacks)
        if one.row.state != TaskState.SCHEDULED:
            room.leave(one.row)
            reason = next(iter(lacks.values())).reason
            values = {"scheduled_at": tx.now, "due_at": None, "reason": reason}
            refused.append(Move(one.row, TaskState.SCHEDULED, one.run.run_id, values=values))
    move(tx, "task_instance", refused, actor)
    limits.add(tx, room.taken_pools, room.taken_dags)
    return attempts.queue(tx, [_order(one) for one in admitted], actor, executor)


def _importance(one: Ready) -> tuple[int, int, int]:
    """Order as `waiting.list_waiting` does: what has waited longer is not overtaken by its equals."""
    return -one.row.priority_weight, one.row.run_pk, one.row.id


def _order(one: Ready) -> attempts.Queueing:
    return attempts.Queueing(one.row, one.run.run_id, one.plan.file_version_id, one.plan.version_id)


def _startable(tx: Tx, plans: Plans, rows: list[Any], isolation: Isolation) -> list[Ready]:
    """Return those that only wait for a slot."""
    found = []
    for row in rows:
        read = partial(plans.get, tx, row.version_id)
        plan = isolation.alone(tx, f"Reading the plan of DAG {row.dag_id}", read)
        is_open = row.run_state == RunState.RUNNING and not row.is_paused
        if plan and is_open and plan.can_start(row.task_id, row.map_index):
            found.append(Ready(row, row, plan))
    return found
