"""Runs under the Python of an Airflow, 1.10 or 2, not of ours.

`in_airflow.py ROOT` makes the DAGs of a folder known to Airflow's database;
`in_airflow.py ROOT PATH DAG_ID CONF` runs one to its end and prints the states on its last line.
"""

import json
import sys
from pathlib import Path

from airflow.models import DagBag, DagRun
from airflow.utils import timezone
from airflow.version import version

IS_OLD = version.startswith("1.")
LOGICAL_DATE = timezone.datetime(2024, 1, 2)


def load(place):
    return DagBag(place, include_examples=False)


def run_old(dag, conf):
    from airflow.exceptions import AirflowException
    from airflow.executors.debug_executor import DebugExecutor

    for task in dag.tasks:  # a backfill leaves out what begins later
        task.start_date = min(task.start_date or LOGICAL_DATE, LOGICAL_DATE)
    try:
        dag.run(
            start_date=LOGICAL_DATE,
            end_date=LOGICAL_DATE,
            executor=DebugExecutor(),
            conf=conf or None,
            ignore_first_depends_on_past=True,
        )
    except AirflowException as error:
        print(error)


def run_new(dag, conf):
    dag.test(execution_date=LOGICAL_DATE, run_conf=conf)


def as_if_triggered(dag):
    """Have Airflow's own ways to try out a DAG make a run like one that somebody triggered."""
    create = dag.create_dagrun

    def create_dagrun(*args, **kwargs):
        kwargs["external_trigger"] = True
        return create(*args, **kwargs)

    dag.create_dagrun = create_dagrun


def states(dag_id):
    if IS_OLD:
        from airflow.utils.db import create_session
    else:
        from airflow.utils.session import create_session

    with create_session() as session:
        run = session.query(DagRun).filter(DagRun.dag_id == dag_id).first()
        found = {}
        for ti in run.get_task_instances(session=session):
            index = getattr(ti, "map_index", -1)
            found[ti.task_id + (f"[{index}]" if index >= 0 else "")] = str(ti.state)
        return {"state": str(run.state), "tasks": found}


def main():
    root = sys.argv[1]
    if len(sys.argv) == 2:
        bag = load(root)
        if IS_OLD:
            for dag in bag.dags.values():
                dag.sync_to_db()
        else:
            bag.sync_to_db()
        return
    path, dag_id, conf = sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
    dag = load(str(Path(root, path))).dags[dag_id]
    as_if_triggered(dag)
    (run_old if IS_OLD else run_new)(dag, conf)
    print("\n" + json.dumps(states(dag_id)))


if __name__ == "__main__":
    main()
