"""Create the runs that are due: the timetable says which, one transaction makes each exactly once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.plans import Plans
from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import RunType
from couture_scheduler.store import dags, runs
from couture_scheduler.timetables import DataInterval
from couture_scheduler.upcoming import advance, leave_out_missed

_PER_LOOK = 20


Alone = Callable[[Tx, str, Callable[[], int]], int | None]


def create_due_runs(tx: Tx, plans: Plans, actor: str, alone: Alone) -> int:
    """Create what is due of each DAG, within its max_active_runs, and return how many.

    Args:
        alone: see `Isolation`.
    """
    created = 0
    for dag in dags.list_due(tx, _PER_LOOK):
        what = f"Creating runs of DAG {dag.dag_id}"
        count = alone(tx, what, partial(_create_of_dag, tx, plans, dag, actor))
        created += count or 0
    return created


def _create_of_dag(tx: Tx, plans: Plans, dag: Any, actor: str) -> int:
    room = dag.max_active_runs - runs.count_open_scheduled(tx, dag.dag_id)
    created = 0
    plan = plans.get(tx, dag.version_id)
    follows_clock = (
        not dag.catchup or dag.schedule["type"] == "continuous"
    )  # begins when it is made
    if follows_clock and leave_out_missed(tx, dag, runs.last_interval(tx, dag.dag_id), plan):
        dag = dags.get_dag(tx, dag.dag_id)
    while room > created and dag.next_run_after is not None and dag.next_run_after <= tx.now:
        interval = DataInterval(dag.next_logical_date, dag.next_interval_end)
        created += _create(tx, plan, dag, interval, actor)
        advance(tx, dag, (interval.start, interval.end), plan)
        dag = dags.get_dag(tx, dag.dag_id)
    if room <= 0:  # looked at again when one of its runs ends, see decide.end_run
        dags.hold_back(tx, dag.dag_id)
    return created


def _create(tx: Tx, plan: Plan, dag: Any, interval: DataInterval, actor: str) -> int:
    run_id = f"{RunType.SCHEDULED}__{interval.start.isoformat()}"
    slot_key = f"S:{interval.start.isoformat()}"
    if runs.find_slot(tx, dag.dag_id, slot_key) or runs.find_run(tx, dag.dag_id, run_id):
        return 0
    values = {
        "dag_id": dag.dag_id,
        "run_id": run_id,
        "slot_key": slot_key,
        "run_type": RunType.SCHEDULED,
        "logical_date": interval.start,
        "data_interval_start": interval.start,
        "data_interval_end": interval.end,
        "run_after": dag.next_run_after,
        "conf": {},
        "triggered_by": "timetable",
        "dag_version_id": dag.version_id,
    }
    runs.add_run(tx, values, [task.data for task in plan.tasks.values()], actor)
    return 1
