"""When a DAG's schedule will create its next runs."""

from itertools import islice

from couture_scheduler.db.database import Tx
from couture_scheduler.services.service import service
from couture_scheduler.services.workflow import Call
from couture_scheduler.store import dags, runs
from couture_scheduler.timetables import DagRunInfo
from couture_scheduler.upcoming import following


@service("can_dag_details", "Airflow", dag="dag_id")
def get_next_runs(tx: Tx, call: Call, dag_id: str, count: int) -> list[DagRunInfo]:
    """Return the next runs of a DAG: of one that is off, as if it were switched on now."""
    dag = dags.get_dag(tx, dag_id)
    return list(islice(following(tx, dag, runs.last_interval(tx, dag_id)), count))
