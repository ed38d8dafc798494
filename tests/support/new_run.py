"""A run as somebody triggers it, without the services."""

import uuid
from datetime import datetime
from typing import Any

from couture_scheduler.db.database import Tx
from couture_scheduler.plans import load_plan
from couture_scheduler.store import dags, runs


def make_run(
    tx: Tx,
    dag_id: str,
    run_id: str | None = None,
    at: datetime | None = None,
    conf: dict[str, Any] | None = None,
) -> str:
    """Make a run of a DAG for a logical date, by default now, and return its run_id."""
    run_id = run_id or f"manual__{uuid.uuid4().hex[:8]}"
    dag = dags.get_dag(tx, dag_id)
    plan = load_plan(tx, dag.version_id)
    moment = at or tx.now
    values = {
        "dag_id": dag_id,
        "run_id": run_id,
        "slot_key": f"M:{uuid.uuid4().hex}",
        "run_type": "manual",
        "logical_date": moment,
        "data_interval_start": moment,
        "data_interval_end": moment,
        "run_after": tx.now,
        "conf": conf or {},
        "dag_version_id": dag.version_id,
    }
    runs.add_run(tx, values, [task.data for task in plan.tasks.values()], "test")
    return run_id
