"""When a DAG's schedule will create its next runs."""

from datetime import datetime

from couture_scheduler.db.database import Tx
from couture_scheduler.services.service import service
from couture_scheduler.services.tasks import current_plan
from couture_scheduler.services.workflow import Call
from couture_scheduler.timetables import DagRunInfo, from_schedule


@service("can_dag_details", "Airflow", dag="dag_id")
def get_next_runs(tx: Tx, call: Call, dag_id: str, count: int) -> list[DagRunInfo]:
    """Return the next runs of a DAG, whether it is on or not."""
    data = current_plan(tx, call, dag_id).data
    start = data["start_date"]
    return from_schedule(data["schedule"]).upcoming(
        tx.now, count, start=datetime.fromisoformat(start) if start else None
    )
