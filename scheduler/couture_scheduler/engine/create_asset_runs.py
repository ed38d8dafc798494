"""Create the runs whose assets have been updated: each from the events that wait for it, once."""

from datetime import timedelta
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.plans import Plans
from couture_scheduler.rules.assets import TYPES, is_met, names
from couture_scheduler.rules.plan import Plan
from couture_scheduler.states import RunType
from couture_scheduler.store import assets, dags, limits, notes, runs


def create_asset_runs(tx: Tx, plans: Plans, actor: str) -> int:
    """Create a run of every DAG whose expression is met, and return how many."""
    return sum(_look_at(tx, plans, dag_id, actor) for dag_id in assets.list_waiting(tx))


def _look_at(tx: Tx, plans: Plans, dag_id: str, actor: str) -> bool:
    limits.lock_dags(tx, [dag_id])
    dag = dags.get_dag(tx, dag_id)
    plan = plans.get(tx, dag.version_id)
    schedule = plan.data["schedule"]
    if schedule["type"] not in TYPES:
        assets.drop_queued(tx, dag_id)
        return False
    expression = schedule["expression"]
    events = assets.list_queued(tx, dag_id)
    resolved = assets.resolve_aliases(tx, names(expression, "alias"))
    if not is_met(expression, {row.uri for row in events}, resolved):
        assets.set_looked_at(tx, dag_id)
        return False
    _create(tx, plan, events, actor)
    return True


def _create(tx: Tx, plan: Plan, events: list[Any], actor: str) -> None:
    moment = max(row.at for row in events)
    while notes.find_logical_date(tx, plan.dag_id, moment):
        moment += timedelta(microseconds=1)
    start, end = assets.interval_of_sources(tx, events) or (moment, moment)
    values = {
        "dag_id": plan.dag_id,
        "run_id": f"{RunType.TRIGGERED}__{moment.isoformat()}",
        "slot_key": f"A:{max(row.id for row in events)}",
        "run_type": RunType.TRIGGERED,
        "logical_date": moment,
        "data_interval_start": start,
        "data_interval_end": end,
        "run_after": tx.now,
        "conf": {},
        "triggered_by": "asset",
        "dag_version_id": plan.version_id,
    }
    run_pk = runs.add_run(tx, values, [task.data for task in plan.tasks.values()], actor)
    assets.consume(tx, plan.dag_id, [row.id for row in events], run_pk)
